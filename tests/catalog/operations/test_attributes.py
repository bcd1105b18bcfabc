import pytest

from catalog.models import Attribute, AttributeChoice, AttributeKind, CategoryAttribute, ProductAttribute
from catalog.operations.attributes import (
    AttributeDraft,
    ChoiceDraft,
    delete_category_attribute,
    save_attribute,
    save_category_attribute,
)
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, NotFound
from tests.factories.accounts import UserFactory
from tests.factories.attributes import attribute
from tests.factories.catalog import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return UserFactory.create(is_staff=True)


def _choices(row: Attribute) -> list[tuple[str, str, bool]]:
    return list(row.choices.order_by("position", "pk").values_list("slug", "name", "is_active"))


def _save(row: Attribute, actor: User, *choices: ChoiceDraft) -> Attribute:
    draft = AttributeDraft(name=row.name, kind=AttributeKind(row.kind), choices=choices)
    return save_attribute(draft=draft, actor=actor, attribute_id=row.pk)


def test_a_toggle_has_its_two_choices_by_itself() -> None:
    row = attribute("Safe", AttributeKind.TOGGLE)
    assert _choices(row) == [("yes", "Yes", True), ("no", "No", True)]


def test_choices_are_kept_renamed_ordered_and_retired(staff: User) -> None:
    row = attribute("Material", AttributeKind.SINGLE, "Clay", "Glass", "Wood")
    keys = dict(AttributeChoice.objects.values_list("slug", "pk"))
    _save(
        row,
        staff,
        ChoiceDraft(name="Wood"),
        ChoiceDraft(name="Stoneware", slug="clay"),
        ChoiceDraft(name="Tin"),
    )
    assert [each for each in _choices(row) if each[2]] == [
        ("wood", "Wood", True),
        ("clay", "Stoneware", True),
        ("tin", "Tin", True),
    ]
    assert ("glass", "Glass", False) in _choices(row)
    _save(row, staff, ChoiceDraft(name="Glass"))
    assert [each for each in _choices(row) if each[2]] == [("glass", "Glass", True)]
    assert keys.items() <= dict(AttributeChoice.objects.values_list("slug", "pk")).items()


def test_a_new_choice_does_not_take_the_slug_of_one_that_is_named(staff: User) -> None:
    row = attribute("Grade", AttributeKind.SINGLE, "A")
    _save(row, staff, ChoiceDraft(name="A+"), ChoiceDraft(name="A", slug="a"))
    assert _choices(row) == [("a-2", "A+", True), ("a", "A", True)]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (AttributeDraft(name=" ", kind=AttributeKind.TEXT), "name"),
        (AttributeDraft(name="A", kind=AttributeKind.TEXT, unit="cm"), "unit"),
        (AttributeDraft(name="A", kind=AttributeKind.TEXT, choices=(ChoiceDraft(name="B"),)), "choices"),
        (AttributeDraft(name="A", kind=AttributeKind.TOGGLE, choices=(ChoiceDraft(name="B"),)), "choices"),
        (AttributeDraft(name="A", kind=AttributeKind.MULTI, choices=(ChoiceDraft(name="B"),) * 2), "choices"),
        (
            AttributeDraft(name="A", kind=AttributeKind.MULTI, choices=(ChoiceDraft(name="B", slug="c"),)),
            "choices",
        ),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_its_field(
    draft: AttributeDraft, field: str, staff: User
) -> None:
    with pytest.raises(InvalidInput) as caught:
        save_attribute(draft=draft, actor=staff)
    assert (caught.value.field, Attribute.objects.count()) == (field, 0)


def test_the_kind_is_fixed_by_the_first_answer(staff: User) -> None:
    row = attribute("Safe", AttributeKind.TOGGLE)
    draft = AttributeDraft(name="Safe", kind=AttributeKind.TEXT)
    save_attribute(draft=draft, actor=staff, attribute_id=row.pk)
    assert (Attribute.objects.get().kind, AttributeChoice.objects.count()) == ("text", 0)
    ProductAttribute.objects.create(product=ProductFactory.create(), attribute=row, text="so")
    with pytest.raises(InvalidInput) as caught:
        save_attribute(
            draft=AttributeDraft(name="Safe", kind=AttributeKind.NUMBER), actor=staff, attribute_id=row.pk
        )
    assert caught.value.field == "kind"


def test_the_same_key_makes_one_attribute(staff: User) -> None:
    draft = AttributeDraft(name="Safe", kind=AttributeKind.TOGGLE)
    first, again = (save_attribute(draft=draft, actor=staff, idempotency_key="k") for _ in range(2))
    assert (first.pk, Attribute.objects.count(), audit.entries_of(first).count()) == (again.pk, 1, 1)


def test_a_category_asks_in_one_way_until_it_asks_no_more(staff: User) -> None:
    category, row = CategoryFactory.create(), attribute("Safe", AttributeKind.TOGGLE)
    for is_required in (False, True):
        save_category_attribute(category=category, attribute_id=row.pk, actor=staff, is_required=is_required)
    assert [each.is_required for each in CategoryAttribute.objects.all()] == [True]
    delete_category_attribute(category=category, attribute_id=row.pk, actor=staff)
    with pytest.raises(NotFound):
        delete_category_attribute(category=category, attribute_id=row.pk, actor=staff)
    assert (CategoryAttribute.objects.count(), audit.entries_of(category).count()) == (0, 3)


def test_nobody_asks_anew_for_what_is_retired(staff: User) -> None:
    row = attribute("Old", AttributeKind.TEXT, is_active=False)
    with pytest.raises(NotFound):
        save_category_attribute(category=CategoryFactory.create(), attribute_id=row.pk, actor=staff)
