"""One-time codes against the vectors of RFC 4226 (appendix D) and RFC 6238 (appendix B)."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.accounts import totp

SEED = b"12345678901234567890"
SEEDS = {"sha1": SEED, "sha256": (SEED * 2)[:32], "sha512": (SEED * 4)[:64]}
HOTP = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split()
TOTP = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]
NOW = datetime(2026, 11, 23, 2, 0, 10, tzinfo=UTC)
STEP = totp.step_of(NOW)


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP)))
def test_the_vectors_of_rfc_4226(counter: int, code: str) -> None:
    assert totp.code(SEED, counter) == code


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), TOTP)
def test_the_vectors_of_rfc_6238(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    step = totp.step_of(datetime.fromtimestamp(seconds, tz=UTC))
    for algorithm, wanted in (("sha1", sha1), ("sha256", sha256), ("sha512", sha512)):
        assert totp.code(SEEDS[algorithm], step, digits=8, algorithm=algorithm) == wanted


@pytest.mark.parametrize(("off", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(off: int, found: bool) -> None:
    step = totp.matching_step(SEED, totp.code(SEED, STEP + off), now=NOW, after=0)
    assert step == (STEP + off if found else None)


def test_no_code_counts_twice() -> None:
    code = totp.code(SEED, STEP)
    assert totp.matching_step(SEED, code, now=NOW, after=STEP - 1) == STEP
    assert totp.matching_step(SEED, code, now=NOW + timedelta(seconds=30), after=STEP) is None


@pytest.mark.parametrize("given", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", "²²²²²²"])
def test_what_is_no_code_is_none(given: str) -> None:
    assert totp.matching_step(SEED, given, now=NOW, after=0) is None


def test_what_the_authenticator_gets() -> None:
    assert totp.shown(SEED) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    address = totp.address(SEED, login="liqiang", issuer="anfu")
    assert address.startswith("otpauth://totp/anfu:liqiang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=anfu")
    assert len(totp.new_secret()) == 20
