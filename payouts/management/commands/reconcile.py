"""`manage.py reconcile`: whether our rows and the payment providers' books tell the same."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from typing_extensions import override

from payouts.models import Discrepancy, DiscrepancyStatus, Reconciliation, ReconciliationOutcome
from payouts.operations.reconcile import reconcile_all

# Python exits with 2 where it does not understand what is asked.
SILENT: Final = 3


class Command(BaseCommand):
    help = (
        "Compare payments, refunds, events and more with the payment providers' books, settle what can be "
        "settled, and list the rest. Exits with 1 where something differs, with 2 where it "
        "does not understand what is asked, with 3 where a provider is silent."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=_moment, help="look at what was made from this moment on (ISO 8601); 3 days ago"
        )
        parser.add_argument("--json", action="store_true", help="answer one JSON object a provider")

    @override
    def handle(self, *, since: datetime | None, json: bool, **_options: object) -> None:
        runs = reconcile_all(since=since)
        for run in runs:
            (self._as_json if json else self._as_table)(run)
        if any(run.outcome == ReconciliationOutcome.SILENT for run in runs):
            raise CommandError("A provider does not answer.", returncode=SILENT)
        if any(run.outcome == ReconciliationOutcome.DIFFERENT for run in runs):
            raise CommandError("The books differ.")

    def _as_table(self, run: Reconciliation) -> None:
        self.stdout.write(
            f"{run.provider} since {run.since_at:%Y-%m-%d %H:%M} UTC: {run.outcome}, "
            f"{run.open} open, {run.healed} healed"
        )
        for row in _rows(run):
            cells = f"{row.status:7} {row.kind:18} {row.ref:32} {row.ours:22} {row.theirs:22}"
            self.stdout.write(f"  {cells} {row.order.number if row.order else ''}".rstrip())

    def _as_json(self, run: Reconciliation) -> None:
        told = {
            "provider": run.provider,
            "since": run.since_at.isoformat(),
            "outcome": run.outcome,
            "open": run.open,
            "healed": run.healed,
            "discrepancies": [_told(row) for row in _rows(run)],
        }
        self.stdout.write(json.dumps(told))


def _rows(run: Reconciliation) -> list[Discrepancy]:
    """What it met, what is open first."""
    met = Discrepancy.objects.filter(Q(reconciliation=run) | Q(status=DiscrepancyStatus.OPEN))
    rows = met.filter(provider=run.provider).select_related("order")
    return sorted(rows, key=lambda row: (row.status != DiscrepancyStatus.OPEN, row.kind, row.pk))


def _told(row: Discrepancy) -> dict[str, Any]:
    return {
        "status": row.status,
        "kind": row.kind,
        "ref": row.ref,
        "order": row.order.number if row.order else None,
        "ours": row.ours,
        "theirs": row.theirs,
        "first_seen_at": row.first_seen_at.isoformat(),
    }


def _moment(text: str) -> datetime:
    """Raises ArgumentTypeError, which argparse tells."""
    try:
        moment = parse_datetime(text)
    except ValueError:  # a day that there is not
        moment = None
    if moment is None:
        raise ArgumentTypeError(f"{text!r} is no moment such as 2026-01-31T12:00")
    return make_aware(moment) if is_naive(moment) else moment
