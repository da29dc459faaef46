"""The second step: no code counts twice, guessing must rest, recovery codes work once, secrets stand nowhere plain."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from backend.accounts import second_step, service, totp
from backend.accounts.second_step import Checked
from backend.accounts.values import Viewer
from backend.audit import store as audit
from backend.audit import trail
from backend.audit.tags import Tag
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, NotSignedIn, Unprocessable
from tests.people import NOW, PASSWORD, House

LATER = NOW + timedelta(minutes=1)


def code_at(secret: bytes, moment: datetime) -> str:
    return totp.code(secret, totp.step_of(moment))


def enrol(database: Database, viewer: Viewer) -> tuple[bytes, tuple[str, ...]]:
    with database.write() as session:
        begun = second_step.begin(session, viewer=viewer, password=PASSWORD, now=NOW)
    secret = totp.from_shown(begun.secret)
    with database.write() as session:
        codes = second_step.confirm(session, viewer=viewer, code=code_at(secret, NOW), now=NOW)
    return secret, codes


def challenge(database: Database, viewer: Viewer, now: datetime = LATER) -> str:
    with database.write() as session:
        return second_step.challenge(session, person_id=viewer.person_id, now=now)


def check(database: Database, token: str, code: str, now: datetime = LATER) -> Checked:
    with database.write() as session:
        return second_step.check(session, token=token, code=code, now=now)


def refused(checked: Checked) -> str:
    assert checked.person_id is None
    assert checked.refusal is not None
    return checked.refusal.code


def test_a_code_of_the_authenticator_is_taken_and_the_challenge_is_gone(database: Database, house: House) -> None:
    secret, codes = enrol(database, house.liqiang)
    token = challenge(database, house.liqiang)
    assert check(database, token, code_at(secret, LATER)).person_id == house.liqiang.person_id
    with pytest.raises(NotSignedIn, match="challenge_over"):
        check(database, token, codes[0])


def test_until_it_is_confirmed_nobody_is_asked(database: Database, house: House) -> None:
    with database.write() as session:
        begun = second_step.begin(session, viewer=house.liqiang, password=PASSWORD, now=NOW)
        assert not second_step.enrolled(session, house.liqiang.person_id)
        assert second_step.pending(session, viewer=house.liqiang) == begun
    with pytest.raises(Unprocessable, match="code_wrong"), database.write() as session:
        second_step.confirm(session, viewer=house.liqiang, code="000000", now=NOW)
    with pytest.raises(Conflict), database.write() as session:
        second_step.confirm(session, viewer=house.sunli, code="000000", now=NOW)


def test_a_code_seen_over_the_shoulder_is_used_up(database: Database, house: House) -> None:
    secret, _ = enrol(database, house.liqiang)
    code = code_at(secret, LATER)
    assert check(database, challenge(database, house.liqiang), code).person_id
    assert refused(check(database, challenge(database, house.liqiang), code)) == "code_wrong"


def test_the_code_of_the_enrolment_does_not_count_again(database: Database, house: House) -> None:
    secret, _ = enrol(database, house.liqiang)
    token = challenge(database, house.liqiang, NOW)
    assert refused(check(database, token, code_at(secret, NOW), NOW)) == "code_wrong"


def test_wrong_codes_in_a_row_must_rest_and_a_recovery_code_still_helps(database: Database, house: House) -> None:
    secret, codes = enrol(database, house.liqiang)
    token = challenge(database, house.liqiang)
    for _ in range(second_step.WRONG_IN_A_ROW):
        assert refused(check(database, token, "000000")) == "code_wrong"
    assert refused(check(database, token, code_at(secret, LATER))) == "second_step_resting"
    other = challenge(database, house.liqiang)  # a new challenge is no new chance
    assert refused(check(database, other, code_at(secret, LATER))) == "second_step_resting"
    assert check(database, other, codes[0]).person_id == house.liqiang.person_id
    rested = LATER + second_step.REST
    assert check(database, challenge(database, house.liqiang, rested), code_at(secret, rested), rested).person_id


def test_after_the_rest_the_count_begins_anew(database: Database, house: House) -> None:
    secret, _ = enrol(database, house.liqiang)
    for _ in range(second_step.WRONG_IN_A_ROW):
        check(database, challenge(database, house.liqiang), "000000")
    rested = LATER + second_step.REST
    token = challenge(database, house.liqiang, rested)
    assert refused(check(database, token, "000000", rested)) == "code_wrong"
    assert check(database, token, code_at(secret, rested), rested).person_id


def test_a_recovery_code_works_once_and_for_its_owner_alone(database: Database, house: House) -> None:
    _, codes = enrol(database, house.liqiang)
    enrol(database, house.sunli)
    assert len(set(codes)) == second_step.CODES
    assert refused(check(database, challenge(database, house.sunli), codes[0])) == "code_wrong"
    assert check(database, challenge(database, house.liqiang), f" {codes[0]} ").person_id
    assert refused(check(database, challenge(database, house.liqiang), codes[0])) == "code_wrong"
    with database.read() as session:
        assert second_step.codes_left(session, house.liqiang.person_id) == second_step.CODES - 1


def test_new_recovery_codes_void_the_old(database: Database, house: House) -> None:
    _, old = enrol(database, house.liqiang)
    with database.write() as session:
        new = second_step.renew_codes(session, viewer=house.liqiang, password=PASSWORD, now=NOW)
    assert refused(check(database, challenge(database, house.liqiang), old[3])) == "code_wrong"
    assert check(database, challenge(database, house.liqiang), new[3]).person_id


def test_a_challenge_lives_a_few_minutes_and_is_forgotten(database: Database, house: House) -> None:
    secret, _ = enrol(database, house.liqiang)
    token, late = challenge(database, house.liqiang), LATER + second_step.CHALLENGE_LIVES + timedelta(seconds=1)
    with pytest.raises(NotSignedIn, match="challenge_over"):
        check(database, token, code_at(secret, late), late)
    with database.write() as session:
        service.forget_old_sessions(session, now=late)
        assert session.execute(text("SELECT count(*) FROM sign_in_challenges")).scalar_one() == 0


def test_without_the_password_nothing_is_set_or_given_up(database: Database, house: House) -> None:
    enrol(database, house.liqiang)
    for verb in (second_step.begin, second_step.renew_codes, second_step.remove):
        with pytest.raises(Forbidden), database.write() as session:
            verb(session, viewer=house.liqiang, password="guess", now=NOW)
    with database.write() as session:
        second_step.remove(session, viewer=house.liqiang, password=PASSWORD, now=NOW)
        assert not second_step.enrolled(session, house.liqiang.person_id)


def test_an_enrolment_is_not_replaced_unseen(database: Database, house: House) -> None:
    enrol(database, house.liqiang)
    with pytest.raises(Conflict, match="second_step_there"), database.write() as session:
        second_step.begin(session, viewer=house.liqiang, password=PASSWORD, now=NOW)


def test_neither_secret_nor_codes_stand_plain_in_the_database(database: Database, house: House) -> None:
    secret, codes = enrol(database, house.liqiang)
    with database.read() as session:
        kept = [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for table in ("second_steps", "recovery_codes", "trail")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        ]
    assert not any(secret in value for row in kept for value in row if isinstance(value, bytes))
    assert not any(code.replace("-", "") in repr(kept) or code in repr(kept) for code in codes)


def test_every_try_leaves_its_entry(database: Database, house: House) -> None:
    _, codes = enrol(database, house.liqiang)
    check(database, challenge(database, house.liqiang), "000000")
    check(database, challenge(database, house.liqiang), codes[0])
    with database.read() as session:
        tags = [entry.tag for entry in audit.of_subject(session, f"person:{house.liqiang.person_id}")]
        assert trail.verify(session).ok
    assert tags[-3:] == [Tag.PERSON_SECOND_STEP_SET, Tag.PERSON_SECOND_STEP_FAILED, Tag.PERSON_RECOVERY_USED]
