"""`manage.py train_recommender`: build the files that recommendations are read from."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand
from typing_extensions import override

from recommend.operations import train


class Command(BaseCommand):
    help = "Build the purchase matrix in RECOMMEND_DIR anew; web processes go over to it by themselves."

    @override
    def handle(self, **_options: object) -> None:
        begun = time.perf_counter()
        matrix = train()
        self.stdout.write(
            f"{matrix.purchases:,} purchases of {matrix.products:,} products by {matrix.buyers:,} buyers "
            f"in {settings.RECOMMEND_DIR}, after {time.perf_counter() - begun:.1f} s."
        )
