"""`check --deploy` about payments."""

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from marketplace.gateway.checks import sandbox_in_public, stripe_half_set


@pytest.mark.parametrize(
    ("provider", "is_allowed", "warnings"),
    [("sandbox", True, ["gateway.W001"]), ("sandbox", False, []), ("other", True, [])],
)
def test_play_money_in_public_is_warned_of(
    settings: Settings, provider: str, is_allowed: bool, warnings: list[str]
) -> None:
    settings.PAYMENT_PROVIDER, settings.IS_SANDBOX_ALLOWED = provider, is_allowed
    assert [message.id for message in sandbox_in_public(app_configs=None)] == warnings


@pytest.mark.parametrize(
    ("provider", "is_test", "secrets", "warnings"),
    [
        ("stripe", True, (), ["gateway.W002", "gateway.W003"]),
        ("stripe", False, ("whsec_1",), []),
        ("sandbox", True, (), []),
    ],
)
def test_what_stripe_lacks_is_warned_of(
    settings: Settings, provider: str, is_test: bool, secrets: tuple[str, ...], warnings: list[str]
) -> None:
    settings.PAYMENT_PROVIDER, settings.STRIPE_DEBUG = provider, is_test
    settings.STRIPE_CONNECT_WEBHOOK_SECRETS = secrets
    assert [message.id for message in stripe_half_set(app_configs=None)] == warnings


def test_the_warning_comes_before_a_deployment_only() -> None:
    told = [
        [message.id for message in run_checks(include_deployment_checks=is_deployment)]
        for is_deployment in (False, True)
    ]
    assert [ids.count("gateway.W001") for ids in told] == [0, 1]
