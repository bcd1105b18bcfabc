"""`manage.py sandbox`: do what banks, vendors and time do to the payment sandbox."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from marketplace.gateway import registry
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import control
from marketplace.gateway.sandbox.accounts import Verdict
from marketplace.gateway.sandbox.fraud import FRAUD_TYPES, UNAUTHORIZED
from marketplace.gateway.sandbox.payouts import BANKS, pay_out_all

Deed = Callable[[Mapping[str, Any]], object]

# What can be done, and what it is done to.
DEEDS: Final[Mapping[str, tuple[str, Deed]]] = {
    "onboard": (
        "account",
        lambda given: control.onboard(
            given["ref"], Verdict(given["verdict"]), bank_last4=given["bank"]
        ).get_status_display(),
    ),
    "dispute": ("charge", lambda given: control.dispute(given["ref"], is_inquiry=given["inquiry"])),
    "warn": ("charge", lambda given: control.warn(given["ref"], fraud_type=given["type"])),
    "decide": (
        "dispute",
        lambda given: control.decide(given["ref"], wins=not given["lost"]).get_status_display(),
    ),
    "arrive": ("payout", lambda given: control.arrive(given["ref"]).get_status_display()),
    "finish": ("payment", lambda given: control.finish_payment(given["ref"]).get_status_display()),
    "settle": ("", lambda _: f"{control.settle()} movements are available now"),
    "pay-out": ("", lambda _: f"{pay_out_all()} payouts are on their way"),
}


class Command(BaseCommand):
    help = "Do what banks, vendors and time do to the payment sandbox."

    @override
    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        made = {name: deeds.add_parser(name) for name in DEEDS}
        for name, (subject, _) in DEEDS.items():
            if subject:
                made[name].add_argument("ref", help=f"the reference of the {subject}")
        made["onboard"].add_argument("--verdict", choices=[*Verdict], default=Verdict.VERIFIED.value)
        made["onboard"].add_argument("--bank", choices=[*BANKS], default="6789", help="its last four digits")
        made["dispute"].add_argument("--inquiry", action="store_true", help="ask, and take nothing yet")
        made["warn"].add_argument("--type", choices=FRAUD_TYPES, default=UNAUTHORIZED)
        made["decide"].add_argument("--lost", action="store_true", help="against the platform")

    @override
    def handle(self, *, deed: str, **given: Any) -> None:
        try:
            registry.provider(registry.SANDBOX)
            outcome = DEEDS[deed][1](given)
        except (ProviderRefused, ImproperlyConfigured) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(str(outcome))
