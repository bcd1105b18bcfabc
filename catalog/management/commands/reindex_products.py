"""`manage.py reindex_products`: write the words of every product anew, and the vocabulary they make."""

import time

from django.core.management.base import BaseCommand
from typing_extensions import override

from catalog.operations.index import reindex_all
from catalog.operations.vocabulary import refresh_vocabulary


class Command(BaseCommand):
    help = "Write the words by which products are found anew, after SEARCH_LANGUAGES changed."

    @override
    def handle(self, **_options: object) -> None:
        begun = time.perf_counter()
        products = reindex_all()
        words = refresh_vocabulary()
        took = time.perf_counter() - begun
        self.stdout.write(f"{products:,} products; {words:,} words changed, after {took:.1f} s.")
