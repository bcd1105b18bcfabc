from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from catalog.models import (
    Attribute,
    AttributeChoice,
    Product,
    ProductAttribute,
)
from catalog.operations.index import reindex, reindex_all
from catalog.search import has, languages, read, words
from tests.factories.catalog import listed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red  kettle", [["red", "kettle"]]),
        ('"red kettle" -blue', [['"red kettle"', "-blue"]]),
        ('red or -"a b"', [["red"], ['-"a b"']]),
        ("or tea or", [["or", "tea"]]),
        ('- "" kn-20', [["-", '""', "kn-20"]]),
        ('a"b', [["a", "b"]]),
        ("", []),
    ],
)
def test_words_quotes_alternatives_and_exclusions_are_read(text: str, expected: list[list[str]]) -> None:
    def shown(term: Any) -> str:
        return f"{'-' * term.is_excluded}{f'{chr(34)}{term.text}{chr(34)}' if term.is_quoted else term.text}"

    assert [[shown(term) for term in terms] for terms in read(text)] == expected
    assert all(
        text[term.start :].startswith(term.text)
        for terms in read(text)
        for term in terms
        if not term.is_quoted
    )


def test_only_languages_there_are_can_be_chosen() -> None:
    assert languages(["german", "simple"]) == ["german", "simple"]
    for wrong in ([], ["klingon"], ["english'; --"]):
        with pytest.raises(ImproperlyConfigured):
            languages(wrong)


def found(text: str) -> set[str]:
    return set(Product.objects.filter(has(words(text))).values_list("title", flat=True))


@pytest.mark.django_db
def test_accents_tags_and_attributes_are_found_and_a_toggle_by_its_name() -> None:
    asked = {
        kind: Attribute.objects.create(slug=kind, name=name, kind=kind)
        for kind, name in (("single", "Made of"), ("toggle", "Waterproof"), ("text", "Care"))
    }
    product = listed(title="Crème brûlée torch", tags=["gift idea"])
    for each, slug, name in (("single", "steel", "Steel"), ("toggle", "yes", "Yes")):
        choice = AttributeChoice.objects.create(attribute=asked[each], slug=slug, name=name)
        ProductAttribute.objects.create(product=product, attribute=asked[each], choice=choice)
        product.choice_keys.append(choice.pk)
    ProductAttribute.objects.create(product=product, attribute=asked["text"], text="Wipe gently")
    product.save()
    reindex(Product.objects.all())
    for text in ("creme BRULÉE", "gifts", "steel", "waterproof", "wiping", '"gift idea"'):
        assert found(text) == {product.title}, text
    for text in ("yes", "made", "creme -steel", '"idea gift"'):
        assert found(text) == set(), text


@pytest.mark.django_db
def test_several_languages_are_stemmed_each_by_itself(settings: Any) -> None:
    settings.SEARCH_LANGUAGES = ("english", "german")
    listed(title="Running shoes")
    listed(title="Große Pfannen für den Herd")
    assert reindex_all() == 2
    assert found("run shoe") == found("the shoes") == {"Running shoes"}
    assert found("pfanne") == found("grosse") == found("die Pfanne für") == {"Große Pfannen für den Herd"}
    assert found("run or pfanne") == {"Running shoes", "Große Pfannen für den Herd"}
    assert found("shoes -running") == found("die") == found("für") == set()
