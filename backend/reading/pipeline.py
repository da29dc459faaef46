"""The one pipeline: words | fields | heads, built empty for training, saved and loaded as one spaCy model."""

from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language

from backend.reading import fields, heads, segmenting  # noqa: F401  (their factories register on import)


def build(lexicon: Iterable[str]) -> Language:
    """A blank Chinese pipeline with our words and untrained heads."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": segmenting.NAME}}})
    nlp.tokenizer = segmenting.LexiconTokenizer(nlp.vocab, lexicon)
    nlp.add_pipe("anfu_fields")
    nlp.add_pipe("anfu_heads")
    return nlp


def load(path: Path) -> Language:
    """The saved pipeline; OSError where there is none."""
    return spacy.load(path)
