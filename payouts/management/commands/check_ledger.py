"""`manage.py check_ledger`: whether the books are right."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from typing_extensions import override

from payouts import checking


class Command(BaseCommand):
    help = "Compare the ledger with the orders and with itself; exits with 1 where a fault is found."

    @override
    def handle(self, **_options: object) -> None:
        faults = 0
        # One snapshot for all questions, so that what is sold meanwhile is in all answers or in none.
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for claim, found in checking.check():
                faults += len(found)
                self.stdout.write(f"{'FAIL' if found else 'ok':4} {claim}")
                for fault in found:
                    self.stdout.write(f"       {fault}")
        if faults:
            raise CommandError(f"The ledger has {faults} faults.")
        self.stdout.write("The ledger is right.")
