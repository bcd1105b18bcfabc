"""`manage.py reset_second_factor EMAIL --note TEXT`: for who has lost it, and the codes too."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from marketplace.accounts.models import User
from marketplace.accounts.operations.factors import reset_lost


class Command(BaseCommand):
    help = (
        "Take all second factors of a user and end their sessions. Make sure first that it is they who ask: "
        "their password alone opens the account afterwards, and staff set a new factor up with it."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--note", required=True, help="who asked, and how you know; it stays on record")

    @override
    def handle(self, *args: Any, email: str, note: str, **options: Any) -> None:
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError("Nobody signs in by this address.")
        count = reset_lost(user=user, actor=None, note=note)
        self.stdout.write(f"{count} taken from {user.email}; every session has ended.")
