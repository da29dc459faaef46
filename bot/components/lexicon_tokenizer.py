"""Cuts Chinese text into words with jieba and the trade lexicon; never cuts a privacy token.

Promises: a token such as 〔姓名1〕 is one word and reads 〔姓名〕 whatever its number, so that the
classifier learns the kind and not the person; every other word reads width- and case-folded; offsets
are code points of the message as received. A change of the lexicon changes the training fingerprint.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import jieba
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message

PRIVACY_TOKEN = re.compile(r"〔([^〔〕\d]{1,8})\d*〕")


def lexicon_files(folder: Path) -> List[Path]:
    """The word lists of a folder, in a stable order; each line is ``word [frequency] [part of speech]``."""
    return sorted(folder.glob("*.txt"))


def narrow(text: str) -> str:
    """The text with full-width letters and digits made narrow, code point for code point."""
    folded = (unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, folded, strict=True))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class LexiconTokenizer(JiebaTokenizer):
    """Jieba with a dictionary of its own: the stock component fills the one of the whole process."""

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        lexicon: Optional[Path] = None,
    ) -> None:
        super().__init__(config, model_storage, resource)
        self._jieba = jieba.Tokenizer()
        for file in lexicon_files(lexicon) if lexicon else ():
            self._jieba.load_userdict(str(file))

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LexiconTokenizer:
        """For training: words come from the folder named in the configuration."""
        folder = config.get("dictionary_path")
        return cls(config, model_storage, resource, Path(folder) if folder else None)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LexiconTokenizer:
        """For prediction: words come from the model, so that a model never depends on today's files."""
        if not config.get("dictionary_path"):
            return cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, folder)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """A digest of the lexicon: an edited word list must never be answered from the training cache."""
        folder = config.get("dictionary_path")
        if not folder:
            return None
        digest = hashlib.sha256()
        for file in lexicon_files(Path(folder)):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """Words of the attribute with code-point offsets; blanks are dropped."""
        return self._apply_token_pattern(list(self._words(message.get(attribute))))

    def _words(self, text: str) -> Iterator[Token]:
        done = 0
        for found in PRIVACY_TOKEN.finditer(text):
            yield from self._cut(text[done : found.start()], done)
            yield Token(f"〔{found.group(1)}〕", found.start(), found.end())
            done = found.end()
        yield from self._cut(text[done:], done)

    def _cut(self, piece: str, offset: int) -> Iterator[Token]:
        for word, start, end in self._jieba.tokenize(narrow(piece)):
            if word.strip():
                yield Token(word.lower(), offset + start, offset + end)
