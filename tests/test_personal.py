import pytest

from marketplace import personal
from marketplace.accounts.errors import AccountInUse
from marketplace.accounts.personal import table
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of

pytestmark = pytest.mark.django_db


def test_the_table_is_the_one_the_setting_names() -> None:
    assert table() is personal.RECORDS
    assert [line.name for line in table()] == ["vendors", "orders", "community", "mail"]


def test_a_member_is_told_where_and_stays() -> None:
    vendor = VendorFactory.create(name="Kiln Row")
    member = member_of(vendor)
    (told,) = personal.memberships(member)
    assert (told["vendor"], told["role"]) == ("Kiln Row", "owner")
    with pytest.raises(AccountInUse):
        personal.refuse_member(member)


def test_who_is_no_member_may_go() -> None:
    user = UserFactory.create()
    assert list(personal.memberships(user)) == []
    personal.refuse_member(user)
