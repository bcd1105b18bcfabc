import pytest

from marketplace.accounts import personal, selectors
from marketplace.accounts.factors import give_totp
from tests.factories.accounts import AddressFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_address_book_is_ones_own_and_starts_with_the_defaults() -> None:
    user, other = UserFactory.create(), UserFactory.create()
    older, default, newer = (
        AddressFactory.create(billing_profile=user.billing_profile, is_default=is_default)
        for is_default in (False, True, False)
    )
    AddressFactory.create(billing_profile=other.billing_profile)
    assert list(selectors.addresses_of(user)) == [default, newer, older]


def test_everything_is_all_there_is_of_one_person_and_of_nobody_else() -> None:
    user = UserFactory.create(email="ada@example.com", name="Ada")
    AddressFactory.create(billing_profile=user.billing_profile, name="Home")
    AddressFactory.create(name="Somebody else's")
    give_totp(user, "NFXGS3TFMRQW4ZLSMRSW233T")
    found = selectors.everything_about(user)
    own = ["made_at", "account", "addresses", "cards", "sessions", "second_factors"]
    assert list(found) == own + [line.name for line in personal.table()]
    assert (found["account"]["email"], found["account"]["name"]) == ("ada@example.com", "Ada")
    assert [each["name"] for each in found["addresses"]] == ["Home"]
    assert [each["kind"] for each in found["second_factors"]] == ["totp"]
    assert "NFXGS3" not in str(found)
