"""Coming in, as somebody outside could measure it: the same answers, the same time, one count of guesses."""

import json
import statistics
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, override_settings
from pytest_django import Settings

from marketplace.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.support.graphql import GraphQL
from tests.support.processes import Process

ERROR = "... on Error { __typename code message field } ... on RateLimitedError { retryAfter }"
LOG_IN = f"mutation($input: LogInInput!) {{ logIn(input: $input) {{ __typename {ERROR} }} }}"
SIGN_UP = f"""mutation($input: SignUpInput!) {{ signUp(input: $input) {{ __typename {ERROR}
  ... on SignUpSuccess {{ email }} }} }}"""
RESET = f"""mutation($input: RequestPasswordResetInput!) {{ requestPasswordReset(input: $input) {{
  __typename {ERROR} ... on RequestPasswordResetSuccess {{ email }} }} }}"""
PRODUCTION = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"])
TRIES = 200
MOST_APART = 0.05

WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "logIn": (LOG_IN, {"password": "a wrong one"}),
    "signUp": (SIGN_UP, {"password": "a-long-walk-by-the-sea"}),
    "requestPasswordReset": (RESET, {}),
}

addresses = count()


def _ask(document: str, email: str, given: dict[str, str]) -> tuple[float, Any]:
    """Ask as a client of its own; the seconds it took, and the answer without the address."""
    number = next(addresses)
    client = GraphQL()
    client.http.defaults["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    begun = perf_counter()
    answer = client.ask(document, input={"email": email, **given})
    took = perf_counter() - begun
    return took, json.loads(json.dumps(answer).replace(email, "EMAIL"))


def _measured(way: str) -> tuple[float, float]:
    """The medians for known and unknown addresses, asked in turn, in seconds; all answers are the same."""
    document, given = WAYS[way]
    password = make_password("a-long-walk-by-the-sea")
    for number in range(TRIES):
        User.objects.enrol(User(email=f"known{number}@example.com", password=password), is_verified=True)
    took: dict[str, list[float]] = {"known": [], "other": []}
    answers = []
    _ask(document, "warm@example.com", given)
    for number in range(TRIES):
        # Now the one first, now the other: what follows on another may be faster.
        for kind in sorted(took, reverse=bool(number % 2)):
            seconds, answer = _ask(document, f"{kind}{number}@example.com", given)
            took[kind].append(seconds)
            answers.append(answer)
    assert answers == answers[:1] * len(answers)
    return statistics.median(took["known"]), statistics.median(took["other"])


@pytest.mark.deep
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_known_and_unknown_addresses_take_equally_long(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    with PRODUCTION:
        known, unknown = _measured(way)
    apart = abs(known - unknown) / unknown
    with capsys.disabled():
        sys.stdout.write(
            f"\n{way}, {TRIES} tries: known {known * 1000:.2f} ms, unknown {unknown * 1000:.2f} ms, "
            f"{apart:.1%} apart\n"
        )
    assert apart < MOST_APART


def _guesses(*, allowed_hosts: Sequence[str]) -> list[Any]:
    """What three guesses at one account are answered, by this process."""
    client = Client(REMOTE_ADDR="198.51.100.7")
    given = {"input": {"email": "ada@example.com", "password": "wrong"}}
    body = json.dumps({"query": LOG_IN, "variables": given})
    with override_settings(ALLOWED_HOSTS=allowed_hosts):
        answers = [client.post("/graphql/", body, content_type="application/json") for _ in range(3)]
    return [answer.json()["data"]["logIn"] for answer in answers]


def _write_guesses(path: Path, allowed_hosts: Sequence[str]) -> None:
    path.write_text(json.dumps(_guesses(allowed_hosts=allowed_hosts)))


@pytest.mark.django_db(transaction=True)
def test_the_sixth_guess_in_five_minutes_is_refused_over_all_processes(
    tmp_path: Path, settings: Settings
) -> None:
    UserFactory.create(email="ada@example.com")
    path = tmp_path / "answers"
    other = Process(_write_guesses, path, settings.ALLOWED_HOSTS)
    answers = _guesses(allowed_hosts=settings.ALLOWED_HOSTS)
    assert other.wait() == 0
    answers += json.loads(path.read_text())
    assert sorted(answer["code"] for answer in answers) == ["INVALID_CREDENTIALS"] * 5 + ["RATE_LIMITED"]
    (refused,) = (answer for answer in answers if answer["code"] == "RATE_LIMITED")
    assert 0 < refused["retryAfter"] <= 300
