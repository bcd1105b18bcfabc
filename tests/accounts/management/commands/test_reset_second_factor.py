from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from marketplace.accounts.factors import give_totp, has_factor
from marketplace.kernel import audit
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def _reset(email: str) -> str:
    out = StringIO()
    call_command("reset_second_factor", email, "--note", "Seen at the desk.", stdout=out)
    return out.getvalue()


def test_takes_the_factors_of_one_user_on_the_record() -> None:
    user, other = UserFactory.create(email="ada@example.com"), UserFactory.create()
    for each in (user, other):
        give_totp(each, "NFXGS3TFMRQW4ZLSMRSW233T")
    assert _reset("Ada@example.com") == "1 taken from ada@example.com; every session has ended.\n"
    assert (has_factor(user), has_factor(other)) == (False, True)
    assert [entry.note for entry in audit.entries_of(user)] == ["Seen at the desk."]


def test_says_when_there_is_nobody() -> None:
    with pytest.raises(CommandError, match="Nobody"):
        _reset("nobody@example.com")
