"""Root: which records are about a person, on one page. An app that keeps more of people has a line here.

`export` is what the person is told, `refuse` says no while something is open, `erase` takes the person out.
The order is that of the locks.
"""

from collections.abc import Iterator
from typing import Any

from checkout.operations.personal import erase_buyer, orders_in_full, refuse_open_orders_of
from marketplace.accounts.errors import AccountInUse
from marketplace.accounts.models import User
from marketplace.accounts.personal import PersonalRecords
from marketplace.community.operations.personal import community_in_full, erase_community
from marketplace.outreach.operations.personal import erase_mail, mail_in_full
from vendors.models import VendorMember


def memberships(user: User) -> Iterator[dict[str, Any]]:
    """Where the user works."""
    rows = VendorMember.objects.filter(user=user).select_related("vendor").order_by("pk")
    return ({"vendor": row.vendor.name, "role": row.role, "since": row.created_at} for row in rows)


def refuse_member(user: User) -> None:
    """Raises AccountInUse while the user works for a vendor: who is to answer for it then?"""
    if VendorMember.objects.filter(user=user).exists():
        raise AccountInUse(use="a role at a vendor")


RECORDS = (
    PersonalRecords(name="vendors", export=memberships, refuse=refuse_member),
    PersonalRecords(name="orders", export=orders_in_full, refuse=refuse_open_orders_of, erase=erase_buyer),
    PersonalRecords(name="community", export=community_in_full, erase=erase_community),
    PersonalRecords(name="mail", export=mail_in_full, erase=erase_mail),
)
