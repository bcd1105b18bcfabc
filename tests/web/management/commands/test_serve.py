"""`manage.py serve`, before it serves; tests/web/test_server.py has what follows."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings


def test_it_does_not_serve_a_shop_that_takes_play_money_in_earnest(settings: Settings) -> None:
    settings.IS_SANDBOX_ALLOWED = False
    with pytest.raises(CommandError, match="PAYMENTS_SANDBOX=allow"):
        call_command("serve")
