"""The reader of these tests: trained once, for real, on the project's own narratives (a few seconds)."""

from datetime import datetime
from pathlib import Path

import pytest

from backend.clock import SHANGHAI
from backend.reading.reader import Reader
from backend.reading.train import train

ROOT = Path(__file__).resolve().parents[2]
DATA = sorted((ROOT / "nlu_data" / "complaints").glob("*.jsonl"))
#: A Monday at noon.
HEARD_AT = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reader") / "model"
    train(DATA, out)
    return out


@pytest.fixture(scope="session")
def reader(model: Path) -> Reader:
    return Reader.load(model)
