"""Accounts with the sandbox for the demo's vendors, so that what they sell reaches a bank."""

from io import StringIO

from django.core.management import call_command

from marketplace.demo import past
from marketplace.gateway.registry import SANDBOX
from payouts.models import PayoutAccount
from payouts.operations import accounts
from vendors.models import Vendor, VendorMember, VendorStatus
from vendors.permissions import VendorRole


def open_payout_accounts() -> int:
    """Open an account for each vendor of the demo that has none, and tell the sandbox what it asks.

    Returns how many. In transactions of its own; once, however often it is called.
    """
    theirs = Vendor.objects.filter(source=past.SOURCE, status=VendorStatus.APPROVED)
    waiting = theirs.exclude(pk__in=PayoutAccount.objects.exclude(ref="").values("vendor")).order_by("pk")
    opened = 0
    for vendor in waiting:
        owner = VendorMember.objects.filter(vendor=vendor, role=VendorRole.OWNER).select_related("user")[0]
        accounts.start_onboarding(vendor=vendor, actor=owner.user)
        account = PayoutAccount.objects.get(vendor=vendor)
        if account.provider == SANDBOX:
            call_command("sandbox", "onboard", account.ref, stdout=StringIO())
            accounts.sync_account(provider=account.provider, ref=account.ref)
            opened += 1
    return opened
