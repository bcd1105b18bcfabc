"""`manage.py import_sales DIR`: bring the sales of another place here (docs/import-sales.md)."""

import csv
from pathlib import Path
from time import monotonic
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from checkout.history.files import HistoryUnreadable
from checkout.operations.history.bringing import ImportRunning, Outcome, import_history
from marketplace import env
from marketplace.kernel import adjustable
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BASIS_POINTS
from marketplace.kernel.texts import line

LONGEST_SOURCE: Final = 64
MOST_SHOWN: Final = 20
SECONDS_BETWEEN: Final = 0.2


class Command(BaseCommand):
    help = "Import orders and returns of a sales history, each once, as paid and settled at their time."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="with vendors, products and order_lines (.csv, .csv.gz)"
        )
        parser.add_argument("--source", help="what the references are unique in (default: the folder's name)")
        parser.add_argument(
            "--commission-bps",
            type=int,
            help="what the platform kept of each line, in basis points (default: COMMISSION_BPS)",
        )
        parser.add_argument("--dry-run", action="store_true", help="read and check, and change nothing")
        parser.add_argument(
            "--whole-orders",
            action="store_true",
            help="hold back an order of which a row is rejected, until it can come whole",
        )
        parser.add_argument(
            "--rejects", type=Path, help="where rejected rows go (default: in the var folder)"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        folder, bps = options["folder"], options["commission_bps"]
        if bps is None:
            bps = adjustable.number("COMMISSION_BPS")
        if not 0 <= bps <= BASIS_POINTS:
            raise CommandError(f"bad_commission: {bps} is not between 0 and {BASIS_POINTS} basis points.")
        try:
            source = line(options["source"] or folder.resolve().name, field="source", longest=LONGEST_SOURCE)
        except InvalidInput as fault:
            raise CommandError(f"bad_source: {fault.message}") from fault
        rejects = options["rejects"] or _default_rejects(source)
        started = monotonic()
        progress = _Progress(self)
        try:
            outcome = import_history(
                folder=folder,
                source=source,
                commission_bps=bps,
                rejects=rejects,
                is_dry_run=options["dry_run"],
                is_whole_orders=options["whole_orders"],
                report=progress.show,
            )
        except (HistoryUnreadable, ImportRunning) as fault:
            raise CommandError(f"{fault}") from fault
        finally:
            progress.end()
        self._tell(outcome, rejects, is_dry_run=options["dry_run"])
        self.stdout.write(f"{monotonic() - started:.1f} s")

    def _tell(self, outcome: Outcome, rejects: Path, *, is_dry_run: bool) -> None:
        self.stdout.write("Nothing was changed; an import would bring:" if is_dry_run else "Imported:")
        goods = () if is_dry_run else ("vendors", "listings", "customers")
        for name in ("orders", "refunds", "lines", *goods):
            self.stdout.write(f"{getattr(outcome, name):>10,} {name}")
        self.stdout.write(f"{outcome.known:>10,} lines were there before")
        if not outcome.rejected:
            return
        self.stdout.write(f"{outcome.rejected.total():>10,} rows rejected, see {rejects}:")
        for code, count in sorted(outcome.rejected.items()):
            self.stdout.write(f"{count:>10,}   {code}")
        with rejects.open(encoding="utf-8", newline="") as file:
            for _, row in zip(range(MOST_SHOWN), csv.DictReader(file), strict=False):
                column = f", column {row['column']}" if row["column"] else ""
                self.stdout.write(f"  {row['file']}, line {row['line']}{column}: {row['code']}")


class _Progress:
    """One line that is written over where a person looks, and a line a step where it goes to a file."""

    def __init__(self, command: BaseCommand) -> None:
        self.out = command.stderr
        self.is_seen = self.out.isatty()
        self.step = ""
        self.last = 0.0

    def show(self, step: str, done: int, total: int = 0) -> None:
        if not self.is_seen:
            if step != self.step:
                self.out.write(f"{step} ...")
        elif step != self.step or done == total or monotonic() - self.last > SECONDS_BETWEEN:
            self.out.write(f"\r{_bar(step, done, total):<78}", ending="")
            self.last = monotonic()
        self.step = step

    def end(self) -> None:
        if self.is_seen and self.step:
            self.out.write("")


def _bar(step: str, done: int, total: int) -> str:
    if not total:
        return f"{step}: {done:,}"
    filled = 30 * done // total
    return f"{step}: [{'#' * filled}{'.' * (30 - filled)}] {done:,} of {total:,}"


def _default_rejects(source: str) -> Path:
    name = "".join(letter if letter.isalnum() else "-" for letter in source)
    return env.current().var_dir / "imports" / f"{name}-rejects.csv"
