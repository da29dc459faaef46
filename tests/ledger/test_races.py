"""Eight at once: exactly one winner of each race, and one valid chain, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from backend.audit import store as audit
from backend.audit import trail
from backend.audit.actor import BOT
from backend.db.session import Database
from backend.errors import Conflict
from backend.guideline import numbers
from backend.ledger import service
from tests.factories import enter, find, new_complaint
from tests.people import NOW, House, hire

WRITERS = 8


def all_at_once[T](database: Database, act: Callable[[int], T]) -> list[T | Conflict]:
    """Run ``act`` in eight threads that start together; a Conflict is an answer like another."""
    start = Barrier(WRITERS)

    def run(who: int) -> T | Conflict:
        start.wait()
        try:
            return act(who)
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(run, range(WRITERS)))


def chain_is_whole(database: Database) -> bool:
    with database.read() as session:
        return trail.verify(session).ok


def test_one_of_eight_accepts_and_one_of_eight_assigns(database: Database, house: House) -> None:
    people = [hire(database, f"handler{n}", f"经办{n}", "service_centre", ["handler"]) for n in range(WRITERS)]
    number = enter(database).number

    def accept(who: int) -> int:
        with database.write() as session:
            return service.accept(session, number, expected_version=1, by=people[who].actor, now=NOW).version

    def assign(who: int) -> int:
        with database.write() as session:
            to, by = people[who].person_id, people[who].actor
            return service.assign(session, number, to=to, expected_version=2, by=by, now=NOW).version

    for act, version in ((accept, 2), (assign, 3)):
        answers = all_at_once(database, act)
        losers = [answer for answer in answers if isinstance(answer, Conflict)]
        assert [answer for answer in answers if not isinstance(answer, Conflict)] == [version]
        assert {loser.code for loser in losers} == {"version_conflict"}
        assert len({loser.say for loser in losers}) == 1  # all are told of the same winner
    complaint = find(database, number)
    with database.read() as session:
        entries = audit.of_subject(session, complaint.subject)
    winner = next(person for person in people if str(person.person_id) == entries[-1].actor_id)
    assert complaint.handler_id == winner.person_id
    assert chain_is_whole(database)


def test_eight_deliveries_of_one_complaint_enter_it_once(database: Database, house: House) -> None:
    new = new_complaint()

    def deliver(_: int) -> tuple[str, bool]:
        with database.write() as session:
            receipt = service.enter(session, new=new, by=BOT, now=NOW)
        return receipt.number, receipt.created

    answers = all_at_once(database, deliver)
    assert not any(isinstance(answer, Conflict) for answer in answers)
    assert len({number for number, _ in answers}) == 1  # type: ignore[misc]
    assert sum(created for _, created in answers) == 1  # type: ignore[misc]
    assert chain_is_whole(database)


def test_eight_complaints_at_once_get_eight_numbers_without_gap(database: Database, house: House) -> None:
    given = all_at_once(database, lambda _: enter(database).number)
    running = sorted(numbers.parse(str(number)).running for number in given)  # type: ignore[union-attr]
    assert running == list(range(1, WRITERS + 1))
    assert chain_is_whole(database)
