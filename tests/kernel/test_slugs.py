from collections.abc import Callable

import pytest
from django.db import IntegrityError

from marketplace.kernel import slugs
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def _named(text: str, **fields: str) -> Vendor:
    def insert(slug: str) -> Vendor:
        vendor: Vendor = VendorFactory.create(slug=slug, **fields)
        return vendor

    return slugs.insert_with_slug(Vendor.objects.all(), text=text, fallback="vendor", insert=insert)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("tea-2", True),
        ("A_b", True),
        ("", False),
        ("a b", False),
        ("a\x00", False),
        ("é", False),
        ("a\n", False),
    ],
)
def test_what_can_be_a_slug(text: str, *, answer: bool) -> None:
    assert slugs.is_slug(text) is answer


def test_the_first_free_number_is_taken() -> None:
    assert [_named("Élan vital!").slug for _ in range(3)] == ["elan-vital", "elan-vital-2", "elan-vital-3"]
    Vendor.objects.get(slug="elan-vital-2").delete()
    assert _named("Elan Vital").slug == "elan-vital-2"


def test_longer_names_that_begin_alike_do_not_count() -> None:
    _named("tea house")
    assert _named("tea").slug == "tea"


def test_what_cannot_stand_in_an_address_gets_the_fallback() -> None:
    assert [_named("日本語").slug, _named("!?").slug] == ["vendor", "vendor-2"]


def test_a_long_name_leaves_room_for_its_number() -> None:
    first, second = _named("x" * 200), _named("x" * 200)
    assert (len(first.slug), second.slug) == (71, f"{first.slug}-2")


def test_another_constraint_is_not_taken_for_a_lost_race() -> None:
    with pytest.raises(IntegrityError, match="a_vendor_has_a_country_code"):
        _named("tea", country="?")
    assert Vendor.objects.count() == 0


def test_after_five_lost_races_chance_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    VendorFactory.create(slug="tea")
    blind: Callable[..., set[str]] = lambda *_: set()  # noqa: E731
    monkeypatch.setattr(slugs, "_taken", blind)
    stem, _, suffix = _named("tea").slug.partition("-")
    assert (stem, len(suffix)) == ("tea", 8)
