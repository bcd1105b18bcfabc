import pytest

from marketplace.accounts import selectors
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
