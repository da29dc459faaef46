"""Which classifier reads better? Cross-validation on the training lines, a story never on both sides of a fold.

    python -m backend.reading.compare nlu_data/complaints/*.jsonl [--head category] [--without "spaCy TextCatCNN"]

The table of decisions/0002 comes from here; the neural candidates take minutes to an hour. Nothing of this runs in
the product.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_matrix, diags
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from spacy.language import Language
from spacy.training import Example as Lesson
from thinc.api import fix_random_seed

from backend.reading import segmenting
from backend.reading.features import Features
from backend.reading.folding import fold
from backend.reading.heads import Head
from backend.reading.train import (
    CHOICES,
    FOLDS,
    LEXICON,
    Example,
    as_matrix,
    emphasis_of,
    fit_head,
    labels_of,
    read_examples,
    targets_of,
    with_silence,
)

SEED = 7
EPOCHS = 15
BATCH = 16
Fit = Callable[[Sequence[Example], Sequence[Example], str], NDArray[np.int64]]


def linear(*, cues: bool) -> Fit:
    """n-grams, with or without cues; features are fitted on the seen side of the fold only."""

    def fit(seen: Sequence[Example], unseen: Sequence[Example], name: str) -> NDArray[np.int64]:
        features = Features.fit(fold(example.text) for example in seen)
        head = Head(name, labels_of(seen, name), 0, name in CHOICES)
        keep = emphasis_of(name, features) if cues else _only_grams(features)
        weights, bias = fit_head(
            *with_silence(_matrix(features, seen, keep), targets_of(seen, name, head.labels), head), head
        )
        margins = _matrix(features, unseen, keep) @ weights + bias
        return _answers(margins, head.chooses)

    return fit


def text_classifier(architecture: str) -> Fit:
    """spaCy's own text classifier on our words, trained from scratch."""

    def fit(seen: Sequence[Example], unseen: Sequence[Example], name: str) -> NDArray[np.int64]:
        fix_random_seed(SEED)
        labels, chooses = labels_of(seen, name), name in CHOICES
        nlp = _blank()
        pipe = "textcat" if chooses else "textcat_multilabel"
        nlp.add_pipe(pipe, config={"model": _model(architecture, chooses)})
        targets = targets_of(seen, name, labels)
        lessons = [
            Lesson.from_dict(
                nlp.make_doc(fold(example.text)), {"cats": dict(zip(labels, map(float, row), strict=True))}
            )
            for example, row in zip(seen, targets, strict=True)
        ]
        optimizer = nlp.initialize(lambda: lessons)
        shuffle = random.Random(SEED)
        for _ in range(EPOCHS):
            shuffle.shuffle(lessons)
            for first in range(0, len(lessons), BATCH):
                nlp.update(lessons[first : first + BATCH], sgd=optimizer, drop=0.2)
        scores = np.array([[doc.cats[label] for label in labels] for doc in nlp.pipe(fold(e.text) for e in unseen)])
        return _answers(scores if chooses else scores - 0.5, chooses)

    return fit


CANDIDATES: dict[str, Fit] = {
    "spaCy TextCatBOW": text_classifier("spacy.TextCatBOW.v3"),
    "spaCy TextCatCNN": text_classifier("spacy.TextCatCNN.v2"),
    "linear, character n-grams": linear(cues=False),
    "linear, n-grams and cues": linear(cues=True),
}


def compare(
    examples: Sequence[Example], names: Sequence[str], candidates: Sequence[str]
) -> Iterator[tuple[str, dict[str, float], float]]:
    """(candidate, macro F1 by head, seconds of training and reading) one after the other."""
    folds = list(GroupKFold(FOLDS).split(examples, groups=[example.story for example in examples]))
    for candidate in candidates:
        fit = CANDIDATES[candidate]
        began = time.perf_counter()
        figures = {}
        for name in names:
            labels = labels_of(examples, name)
            expected, answered = (
                targets_of(examples, name, labels),
                np.zeros((len(examples), len(labels)), dtype=np.int64),
            )
            for seen, unseen in folds:
                known = [examples[place] for place in seen]
                columns = [labels.index(label) for label in labels_of(known, name)]
                answered[np.ix_(unseen, columns)] = fit(known, [examples[place] for place in unseen], name)
            figures[name] = float(f1_score(expected, answered, average="macro", zero_division=0))
        yield candidate, figures, time.perf_counter() - began


def main() -> None:
    heads = (*CHOICES, "triggers")
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("files", nargs="+", type=Path)
    wanted.add_argument("--head", action="append", choices=heads)
    wanted.add_argument("--without", action="append", choices=list(CANDIDATES), default=[])
    asked = wanted.parse_args()
    names = tuple(asked.head or heads)
    examples = [example for example in read_examples(asked.files) if example.split == "train"]
    shown = Table("candidate", *(f"{name} macro F1" for name in names), "mean", "seconds")
    candidates = [candidate for candidate in CANDIDATES if candidate not in asked.without]
    for candidate, figures, seconds in compare(examples, names, candidates):
        values = (f"{figures[name]:.3f}" for name in names)
        shown.add_row(candidate, *values, f"{statistics.fmean(figures.values()):.3f}", f"{seconds:.0f}")
    Console(width=120).print(shown)


def _answers(margins: NDArray[np.float64], chooses: bool) -> NDArray[np.int64]:
    """0/1 of shape (texts, labels)."""
    if chooses:
        return np.eye(margins.shape[1], dtype=np.int64)[margins.argmax(axis=1)]
    return (margins > 0).astype(np.int64)


def _only_grams(features: Features) -> NDArray[np.float64]:
    return np.array([1.0] * len(features.vocabulary) + [0.0] * len(features.cues))


def _matrix(features: Features, examples: Sequence[Example], keep: NDArray[np.float64]) -> csr_matrix:
    return as_matrix(features, [example.text for example in examples]) @ diags(keep)


def _blank() -> Language:
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": segmenting.NAME}}})
    nlp.tokenizer = segmenting.LexiconTokenizer(nlp.vocab, segmenting.read_lexicon(LEXICON))
    return nlp


def _model(architecture: str, chooses: bool) -> dict[str, object]:
    if "BOW" in architecture:
        return {"@architectures": architecture, "exclusive_classes": chooses, "ngram_size": 3, "no_output_layer": False}
    words = {
        "@architectures": "spacy.HashEmbedCNN.v2", "pretrained_vectors": None, "width": 96, "depth": 2,
        "embed_size": 2000, "window_size": 1, "maxout_pieces": 3, "subword_features": True,
    }  # fmt: skip
    return {"@architectures": architecture, "exclusive_classes": chooses, "tok2vec": words}


if __name__ == "__main__":
    main()
