"""`manage.py worker`: run queued jobs, and the periodic ones."""

import argparse

from django.core.management.base import BaseCommand
from typing_extensions import override

from marketplace.kernel import jobs


class Command(BaseCommand):
    help = "Run queued and periodic jobs. On SIGTERM or Ctrl-C, what is running may finish first."

    @override
    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=4, help="jobs run at the same time (4)")
        parser.add_argument("--grace", type=float, default=30, help="seconds running jobs get to finish (30)")
        parser.add_argument(
            "--until-empty", action="store_true", help="run one at a time, and leave when none is due"
        )

    @override
    def handle(self, *, threads: int, grace: float, until_empty: bool, **_options: object) -> None:
        jobs.work(threads=threads, grace=grace, until_empty=until_empty)
