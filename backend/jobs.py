"""The worker: idempotent sweeps over due rows. Durability is in our rows, never in the broker.

    celery -A backend.jobs worker -B -P solo      (what ``anfu worker`` runs)

A lost message means the next beat does the work; a doubled one finds nothing left to do.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready

from backend import logs
from backend.accounts import service as accounts
from backend.audit import seals
from backend.audit.actor import SYSTEM
from backend.clock import now
from backend.db.session import Database, make_database
from backend.errors import Conflict
from backend.guideline import rulebook as rulebooks
from backend.intake import service as intake
from backend.intake import store as drafts
from backend.ledger.watch import clocks, pages
from backend.settings import Settings, get_settings

log = structlog.get_logger(__name__)

BATCH = 100
HEARTBEAT = "worker.heartbeat"


def make_celery(settings: Settings) -> Celery:
    """Celery on Redis where there is one, else on folders under ``home`` (no server)."""
    app = Celery("anfu")
    options: dict[str, Any] = {}
    if settings.redis_url:
        broker = settings.redis_url
    else:
        broker = "filesystem://"
        folder = settings.home / "broker"
        for name in ("queue", "processed", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        options = {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "processed_folder": str(folder / "processed"),
            "control_folder": str(folder / "control"),
            "store_processed": False,
        }
    app.conf.update(
        broker_url=broker,
        broker_transport_options=options,
        task_ignore_result=True,
        task_acks_late=False,
        timezone="Asia/Shanghai",
        beat_schedule_filename=str(settings.home / "celerybeat-schedule"),
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        beat_schedule={
            "heartbeat": {"task": "anfu.heartbeat", "schedule": 5.0, "options": {"expires": 4}},
            "left-behind": {"task": "anfu.register_left_behind", "schedule": 15.0, "options": {"expires": 14}},
            "seals": {"task": "anfu.seal_trail", "schedule": 3600.0, "options": {"expires": 3000}},
            "clocks": {"task": "anfu.watch_clocks", "schedule": 60.0, "options": {"expires": 50}},
            "pages": {"task": "anfu.page_roster", "schedule": 5.0, "options": {"expires": 4}},
            "old-sessions": {"task": "anfu.forget_old_sessions", "schedule": 3600.0, "options": {"expires": 3000}},
        },
    )
    return app


settings = get_settings()
celery = make_celery(settings)
_databases: list[Database] = []


def _database() -> Database:
    """One engine a process, made after any fork."""
    if not _databases:
        _databases.append(make_database(settings.db_url))
    return _databases[0]


@setup_logging.connect  # type: ignore[untyped-decorator]
def _configure_logs(**_: Any) -> None:
    logs.configure(settings.log_level)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _after_fork(**_: Any) -> None:
    _databases.clear()


@worker_ready.connect  # type: ignore[untyped-decorator]
def _ready(**_: Any) -> None:
    beat_heart()


def beat_heart() -> None:
    """Touch the file by which others see that sweeps run."""
    path: Path = settings.home / HEARTBEAT
    path.write_text(now().isoformat(), encoding="ascii")


@celery.task(name="anfu.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    beat_heart()


@celery.task(name="anfu.register_left_behind")  # type: ignore[untyped-decorator]
def register_left_behind() -> None:
    """Grievances whose customer fell silent, or whom an outage cut off, are registered as 待补充."""
    moment = now()
    silent = moment - timedelta(seconds=settings.abandoned_after)
    outage = moment - timedelta(seconds=settings.outage_register_after)
    database = _database()
    with database.read() as session:
        found = drafts.left_behind(session, silent_since=silent, outage_since=outage, limit=BATCH)
    rulebook = rulebooks.load()
    for conversation_id in found:
        try:
            with database.write() as session:
                receipt = intake.register_unfinished(session, conversation_id, rulebook=rulebook, by=SYSTEM, now=moment)
        except Exception:  # one that cannot be registered must not keep the others from it
            log.exception("not_registered", conversation=conversation_id)
            continue
        if receipt is not None:
            log.info("registered_unfinished", conversation=conversation_id, number=receipt.number)


@celery.task(name="anfu.watch_clocks")  # type: ignore[untyped-decorator]
def watch_clocks() -> None:
    """Deadlines that come near, are past or stay past are told of, once each."""
    moment, database = now(), _database()
    with database.read() as session:
        found = clocks.due(session, now=moment, limit=BATCH)
    for one in found:
        with database.write() as session:
            if clocks.give(session, one, by=SYSTEM, now=moment):
                log.info("alarm", number=one.number, clock=one.clock, event_id=one.event)


@celery.task(name="anfu.page_roster")  # type: ignore[untyped-decorator]
def page_roster() -> None:
    """第三条（三）：马上报告。 Units are called, and called again until somebody confirms."""
    moment, database = now(), _database()
    with database.read() as session:
        fresh = pages.first_due(session, now=moment, limit=BATCH)
        silent = pages.again_due(session, now=moment, limit=BATCH)
    for number, trigger in fresh:
        with database.write() as session:
            if pages.call(session, number, trigger, by=SYSTEM, now=moment):
                log.warning("paged", number=number, trigger=trigger)
    for number, trigger, unit_id, attempts in silent:
        with database.write() as session:
            pages.call_again(session, number, trigger, unit_id, attempts, by=SYSTEM, now=moment)


@celery.task(name="anfu.forget_old_sessions")  # type: ignore[untyped-decorator]
def forget_old_sessions() -> None:
    with _database().write() as session:
        accounts.forget_old_sessions(session, now=now())


@celery.task(name="anfu.seal_trail")  # type: ignore[untyped-decorator]
def seal_trail() -> None:
    """Sign where the trail stands, and keep the signature outside the database; a broken trail is reported instead."""
    signer, database = seals.load_signer(settings.keys_dir / "seal.pem"), _database()
    try:
        with database.write() as session:
            made = seals.seal(session, signer=signer, folder=settings.seals_dir, now=now())
    except Conflict as broken:
        log.error("trail_broken", reason=broken.say)
        return
    with database.read() as session:
        seals.export(session, signer=signer, folder=settings.seals_dir)
    if made is not None:
        log.info("trail_sealed", number=made.number, entries=made.seq)
