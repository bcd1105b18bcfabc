import pytest

from marketplace.demo import enrolling, past
from payouts.models import PayoutAccount, PayoutAccountState
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory
from vendors.operations import members
from vendors.permissions import VendorRole


@pytest.mark.django_db
def test_the_vendors_of_the_demo_can_be_paid_and_no_others() -> None:
    VendorFactory.create()
    theirs = VendorFactory.create(source=past.SOURCE, reference="kiln-row")
    owner = UserFactory.create()
    members.add_member(vendor=theirs, user=owner, role=VendorRole.OWNER, actor=owner)
    assert [enrolling.open_payout_accounts() for _ in range(2)] == [1, 0]
    account = PayoutAccount.objects.get()
    assert (account.vendor, account.state) == (theirs, PayoutAccountState.ACTIVE)
