"""`manage.py check_sales`: whether orders, sales entries and ledger tell the same."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from typing_extensions import override

from analytics import checking


class Command(BaseCommand):
    help = "Compare orders, sales entries and the ledger; exits with 1 where they differ."

    @override
    def handle(self, **_options: object) -> None:
        differences = 0
        # One snapshot for all claims, so that what is sold meanwhile is in all answers or in none.
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for claim, found in checking.check():
                differences += len(found)
                self.stdout.write(f"{'FAIL' if found else 'ok':4} {claim}")
                for difference in found:
                    self.stdout.write(f"       {difference}")
        if differences:
            raise CommandError(f"The sales have {differences} differences.")
        self.stdout.write("Orders, sales entries and ledger agree.")
