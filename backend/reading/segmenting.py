"""Words: jieba with our trade lexicon, as a spaCy tokenizer that is saved with the model.

The dictionary belongs to the tokenizer, not to the process, so two models never share their words.
"""

import logging
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, get_words_and_spaces, registry
from spacy.vocab import Vocab

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it still uses pkg_resources and says so to every customer of the command line
    import jieba

NAME = "anfu.LexiconTokenizer.v1"
jieba.setLogLevel(logging.WARNING)


def read_lexicon(folder: Path) -> list[str]:
    """The lines `word [freq] [pos]` of every `*.txt` of the folder, sorted, without comments and repeats."""
    lines = (line.strip() for path in sorted(folder.glob("*.txt")) for line in path.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


class LexiconTokenizer(DummyTokenizer):
    """Cuts text into words; `lexicon` holds the lines it was taught."""

    def __init__(self, vocab: Vocab, lexicon: Iterable[str] = ()) -> None:
        self.vocab = vocab
        self.lexicon: list[str] = []
        self._jieba = jieba.Tokenizer()
        self.teach(lexicon)

    def teach(self, lexicon: Iterable[str]) -> None:
        """Add words; a line without a frequency gets one high enough to be cut whole."""
        for line in lexicon:
            word, *rest = line.split()
            frequency = int(rest[0]) if rest and rest[0].isdigit() else None
            self._jieba.add_word(word.lower(), frequency)
            self.lexicon.append(line)

    def __call__(self, text: str) -> Doc:
        words, spaces = get_words_and_spaces([word for word in self._jieba.cut(text) if word], text)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_disk(self, path: str | Path, **_: Any) -> None:
        Path(path).write_text("\n".join(self.lexicon), encoding="utf-8")

    def from_disk(self, path: str | Path, **_: Any) -> "LexiconTokenizer":
        self.teach(Path(path).read_text("utf-8").splitlines())
        return self

    def to_bytes(self, **_: Any) -> bytes:
        return "\n".join(self.lexicon).encode()

    def from_bytes(self, data: bytes, **_: Any) -> "LexiconTokenizer":
        self.teach(data.decode().splitlines())
        return self


def create_tokenizer() -> Callable[[Language], LexiconTokenizer]:
    """The factory named in the model's config."""
    return lambda nlp: LexiconTokenizer(nlp.vocab)


registry.tokenizers(NAME, func=create_tokenizer)
