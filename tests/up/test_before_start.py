"""What ``anfu up`` refuses to start with, and how it says so; logs and fingerprints."""

import os
import socket
from pathlib import Path

import pytest

from backend import fingerprint
from backend.errors import Conflict
from backend.running import children
from backend.running.children import Children
from backend.running.lock import only_one
from backend.running.parts import check_ports, parts_of
from backend.settings import Settings
from backend.supervisor import addresses
from tests.up.conftest import free_ports


def settings_with(home: Path, ports: list[int]) -> Settings:
    return Settings(home=home, port=ports[0], rasa_port=ports[1], actions_port=ports[2])


def test_a_taken_port_is_named_with_its_holder_and_the_setting_to_change(tmp_path: Path) -> None:
    ports = free_ports(3)
    with socket.create_server(("127.0.0.1", ports[1])), pytest.raises(Conflict) as refusal:
        check_ports(settings_with(tmp_path, ports))
    assert str(ports[1]) in refusal.value.say
    assert "ANFU_RASA_PORT" in refusal.value.say
    assert str(os.getpid()) in refusal.value.say


def test_the_same_port_twice_is_refused(tmp_path: Path) -> None:
    ports = free_ports(2)
    with pytest.raises(Conflict) as refusal:
        check_ports(settings_with(tmp_path, [ports[0], ports[1], ports[0]]))
    assert "ANFU_ACTIONS_PORT" in refusal.value.say


def test_free_ports_pass(tmp_path: Path) -> None:
    check_ports(settings_with(tmp_path, free_ports(3)))


def test_a_second_instance_of_the_same_home_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    def taken(holder: str) -> Conflict:
        return Conflict("already_running", holder)

    with only_one(tmp_path / "up.lock", taken):
        with pytest.raises(Conflict) as refusal, only_one(tmp_path / "up.lock", taken):
            pass
        assert refusal.value.say == str(os.getpid())
    with only_one(tmp_path / "up.lock", taken):
        pass  # given back


def test_the_service_token_is_in_no_command_line(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, [1, 2, 3])
    for part in parts_of(settings):
        assert settings.bot_token not in " ".join(map(str, part.command))


def test_the_bot_side_listens_on_loopback_only(tmp_path: Path) -> None:
    rasa, actions, _serve, _worker = parts_of(Settings(home=tmp_path, host="0.0.0.0"))
    assert rasa.command[rasa.command.index("-i") + 1] == "127.0.0.1"
    assert actions.env["SANIC_HOST"] == "127.0.0.1"
    assert rasa.env["RASA_TELEMETRY_ENABLED"] == "false"


def test_only_the_doors_of_the_surface_are_shown(tmp_path: Path) -> None:
    def rows(surface: str) -> list[str]:
        table = addresses(Settings(home=tmp_path, surface=surface, public_url="https://chat.example.cn/"))
        return list(table.columns[1].cells)  # type: ignore[arg-type]

    assert rows("public") == [f"https://chat.example.cn{path}" for path in ("/chat", "/notice", "/docs")]
    assert "https://chat.example.cn/desk" in rows("desk")
    assert len(rows("all")) == 4


def test_a_log_that_has_grown_long_is_set_aside_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LOG_LIMIT", 10)
    log = tmp_path / "logs" / "part.log"
    with Children() as family:
        for number in range(6):
            family.start(("echo", f"start number {number}"), cwd=tmp_path, log=log).wait()
    assert log.read_text() == "start number 5\n"
    assert sorted(p.name for p in log.parent.iterdir()) == ["part.log", "part.log.1", "part.log.2", "part.log.3"]
    assert (log.parent / "part.log.3").read_text() == "start number 2\n"
    assert log.stat().st_mode & 0o077 == 0


def test_models_are_stale_exactly_when_what_they_learn_from_changes(tmp_path: Path) -> None:
    root, settings = tmp_path / "repository", Settings(home=tmp_path / "home")
    for name in ("nlu_data/complaints/a.jsonl", "nlu_data/intents/greet.yml", "bot/domain/greet.yml", "config.yml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    assert fingerprint.stale(settings, root) == ("reader", "bot")

    settings.reader_dir.mkdir(parents=True)
    (settings.models_dir / "bot").mkdir()
    (settings.models_dir / "bot" / "bot.tar.gz").touch()
    for model in fingerprint.MODELS:
        fingerprint.remember(settings, model, fingerprint.fingerprint(model, root))
    assert fingerprint.stale(settings, root) == ()

    os.utime(root / "config.yml", (0, 0))
    (root / "bot" / "README.md").write_text("of no consequence")
    assert fingerprint.stale(settings, root) == ()
    (root / "bot" / "domain" / "greet.yml").write_text("changed")
    assert fingerprint.stale(settings, root) == ("bot",)
    (root / "nlu_data" / "complaints" / "a.jsonl").write_text("changed")
    assert fingerprint.stale(settings, root) == ("reader", "bot")
    (settings.models_dir / "bot" / "bot.tar.gz").unlink()
    assert "bot" in fingerprint.stale(settings, root)
