"""The catalogue's vocabulary, as misspelt words are mended and begun ones completed by it."""

from typing import Final

from django.db import connection, transaction

from catalog.models import SearchWord
from catalog.spelling import LONGEST, kept_of

SHORTEST: Final = 3
BATCH: Final = 2_000
# The words of titles and names as they are written; stems, which the index of the search holds, are none.
_WORDS: Final = """
SELECT word, ndoc
  FROM ts_stat($$
    SELECT to_tsvector('simple', catalog_fold(concat_ws(' ', product.title, category.name, vendor.name,
             array_to_string(product.tags, ' '),
             (SELECT string_agg(name, ' ') FROM catalog_attributechoice
               WHERE id = ANY(product.choice_keys)))))
      FROM catalog_product product
      JOIN catalog_category category ON category.id = product.category_id
      JOIN vendors_vendor vendor ON vendor.id = product.vendor_id
     WHERE product.status = 'published' AND product.price_minor IS NOT NULL AND vendor.status = 'approved'
  $$)
"""


def refresh_vocabulary() -> int:
    """Bring the table of words up to date with the listings buyers see; returns how many words changed.

    Reads all of these once; writes only what changed, in one transaction.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two at once would write the same words.
            cursor.execute("LOCK TABLE catalog_searchword IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(_WORDS)
            counted = {word: count for word, count in cursor if _is_word(word)}
        known = {row.word: row for row in SearchWord.objects.only("word", "products")}
        gone = [row.pk for word, row in known.items() if word not in counted]
        changed = [row for word, row in known.items() if word in counted and row.products != counted[word]]
        for row in changed:
            row.products = counted[row.word]
        new = [
            SearchWord(word=word, products=count, shortened=kept_of(word))
            for word, count in sorted(counted.items())
            if word not in known
        ]
        SearchWord.objects.filter(pk__in=gone).delete()
        SearchWord.objects.bulk_update(changed, ["products"], batch_size=BATCH)
        SearchWord.objects.bulk_create(new, batch_size=BATCH)
    return len(gone) + len(changed) + len(new)


def _is_word(word: str) -> bool:
    return word.isalpha() and SHORTEST <= len(word) <= LONGEST
