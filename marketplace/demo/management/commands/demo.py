"""`manage.py demo`: the whole marketplace on one machine, with something in it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from marketplace.demo import checking, processes, show


class Command(BaseCommand):
    help = "Run the marketplace with a small demo catalogue until Ctrl-C; what you change is kept."
    requires_system_checks = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", default=8000, type=int, help="the port to serve at (default: %(default)s)"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="try a demo of its own on a free port, print a table, and stop",
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                if not checking.passes(self.stdout):
                    raise CommandError("The demo does not work as it should; see the table.")
            else:
                show.run(port=options["port"], out=self.stdout)
        except (processes.ProcessEnded, show.CannotShow, TimeoutError) as fault:
            raise CommandError(f"{fault}") from fault
