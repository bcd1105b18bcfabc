"""The choice of the provider, and where play money is refused."""

import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from marketplace import env
from marketplace.gateway import registry
from marketplace.gateway.sandbox.provider import SandboxProvider
from marketplace.kernel.errors import NotFound


class Other(SandboxProvider):
    """Another provider, as far as the registry can tell."""

    name = "other"


@pytest.fixture
def two_providers(settings: Settings) -> None:
    other = f"{Other.__module__}.{Other.__qualname__}"
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "other": other}


def test_new_payments_go_to_the_provider_of_the_setting(two_providers: None, settings: Settings) -> None:
    assert registry.default().name == "sandbox"
    settings.PAYMENT_PROVIDER = "other"
    assert registry.default().name == "other"
    assert registry.provider("sandbox").name == "sandbox"
    assert registry.default() is registry.provider("other")


@pytest.mark.parametrize("name", ["", "Sandbox", "paypal"])
def test_an_unknown_provider_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        registry.provider(name)


def test_the_sandbox_is_refused_where_it_is_not_allowed(two_providers: None, settings: Settings) -> None:
    settings.IS_SANDBOX_ALLOWED = False
    with pytest.raises(ImproperlyConfigured, match="PAYMENTS_SANDBOX=allow"):
        registry.default()
    # What is kept with it can be read all the same.
    assert registry.in_use().name == "sandbox"
    assert registry.provider("other").name == "other"


@pytest.mark.parametrize(
    ("program", "debug", "sandbox", "starts"),
    [
        ("import marketplace.wsgi", "off", "", False),
        ("import marketplace.asgi", "on", "refuse", True),
    ],
)
def test_a_server_that_would_take_play_money_in_earnest_does_not_start(
    program: str, debug: str, sandbox: str, starts: bool
) -> None:
    run = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", program],
        cwd=env.PROJECT_DIR,
        env=env.inherited(DEBUG=debug, PAYMENTS_SANDBOX=sandbox),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode == 0) is starts
    assert ("The payment sandbox lets anyone buy with test cards." in run.stderr) is not starts
