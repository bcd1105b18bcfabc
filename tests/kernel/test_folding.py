import pytest
from django.db import connection

from marketplace.kernel.folding import fold


def test_accents_and_capitals_are_folded() -> None:
    assert fold("Crème BRÛLÉE, Straße, Łódź, Ærø, e\u0301") == "creme brulee, strasse, lodz, aero, e"
    assert fold("\u0419\u0451 \u4e2d") == "\u0439\u0451 \u4e2d"  # in Cyrillic and Chinese they are no accents


@pytest.mark.django_db
def test_the_database_folds_every_letter_alike() -> None:
    letters = [chr(point) for point in range(1, 0x1C80)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT letter, catalog_fold(letter), catalog_fold('x' || letter) FROM unnest(%s::text[]) letter",
            [letters],
        )
        different = {hex(ord(row[0])) for row in cursor if (fold(row[0]), fold(f"x{row[0]}")) != row[1:]}
    assert different == set()
