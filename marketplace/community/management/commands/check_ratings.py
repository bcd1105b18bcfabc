"""`manage.py check_ratings`: whether ratings are what the reviews come to."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from typing_extensions import override

from marketplace.community import checking, tallies


class Command(BaseCommand):
    help = "Compare ratings with the reviews; exits with 1 where one differs."

    @override
    def handle(self, **_options: object) -> None:
        tallies.prior()
        faults = 0
        # One snapshot for all questions, so that what is written meanwhile is in all answers or in none.
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for claim, found in checking.check():
                faults += len(found)
                self.stdout.write(f"{'FAIL' if found else 'ok':4} {claim}")
                for fault in found:
                    self.stdout.write(f"       {fault}")
        if faults:
            raise CommandError(f"{faults} differ; `rebuild_ratings` counts anew.")
        self.stdout.write("The ratings are right.")
