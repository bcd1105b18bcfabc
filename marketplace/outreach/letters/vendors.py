"""Letters about what was decided on a vendor, and to those who are invited to work for one."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from marketplace.kernel import adjustable, clock
from marketplace.kernel.states import moves_of
from payouts.models import ANSWERABLE, DisputeShare, DisputeStatus, Payout, PayoutAccount, PayoutAccountState
from payouts.operations.accounts import ENDED, HELD
from vendors.models import Vendor, VendorApiKey, VendorAppeal, VendorInvitation, VendorReason, VendorStatus
from vendors.operations.invitations import INVITATION_TIME, invitation_key
from vendors.permissions import VendorPermission, VendorRole

# Reasons that go without saying; the others are told.
UNSAID: Final = frozenset({VendorReason.CHECKED, VendorReason.RESOLVED})

Context = dict[str, object]
Facts = Mapping[str, Any]
Letter = Callable[[Facts], Context | None]


def decided(status: VendorStatus) -> Letter:
    """The reason and the note of the vendor's last move to this state."""

    def letter(facts: Facts) -> Context:
        vendor = Vendor.objects.get(pk=facts["vendor_id"])
        move = moves_of(vendor).filter(after__status=status.value).last()
        reason = "" if move is None or move.reason in UNSAID else VendorReason(move.reason).label
        return {"vendor": vendor.name, "reason": reason, "note": "" if move is None else move.note}

    return letter


def appeal_answered(facts: Facts) -> Context:
    """The platform's answer."""
    appeal = VendorAppeal.objects.select_related("vendor").get(pk=facts["appeal_id"])
    return {"vendor": appeal.vendor.name, "answer": appeal.answer}


def invited(facts: Facts) -> Context | None:
    """The link that accepts an invitation, unless it is no longer open."""
    invitation = VendorInvitation.objects.select_related("vendor").get(pk=facts["invitation_id"])
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= clock.now():
        return None
    query = urlencode({"key": invitation_key(invitation)})
    return {
        "vendor": invitation.vendor.name,
        "role": VendorRole(invitation.role).label.lower(),
        "days": INVITATION_TIME.days,
        "link": f"{settings.SITE_URL}/account/invitation?{query}",
    }


def api_key_made(facts: Facts) -> Context:
    """Who made the key, and what it may do."""
    key = VendorApiKey.objects.select_related("vendor", "created_by").get(pk=facts["key_id"])
    return {
        "vendor": key.vendor.name,
        "maker": key.created_by.email,
        "key": key.name,
        "shown": key.shown,
        "may": [VendorPermission(each).label for each in key.permissions],
    }


def payout_account_held(facts: Facts) -> Context | None:
    """What the provider asks for, or why it pays no more; nothing where it pays again by now."""
    account = PayoutAccount.objects.select_related("vendor").get(pk=facts["account_id"])
    if account.state not in HELD:
        return None
    return {
        "vendor": account.vendor.name,
        "state": PayoutAccountState(account.state).label,
        "missing": account.missing,
        "by": account.missing_by_at.date() if account.missing_by_at else None,
        "reason": account.reason,
        "is_open": account.state not in ENDED,
    }


def payout_bank_changed(facts: Facts) -> Context:
    """Where the vendor is paid from now on, and from when."""
    account = PayoutAccount.objects.select_related("vendor").get(pk=facts["account_id"])
    wait = timedelta(hours=adjustable.number("PAYOUT_COOLDOWN_HOURS"))
    return {
        "vendor": account.vendor.name,
        "bank": account.bank_last4,
        "on": (account.bank_changed_at + wait).date() if account.bank_changed_at else None,
    }


def payout_returned(facts: Facts) -> Context:
    """What did not arrive, and why."""
    payout = Payout.objects.select_related("account__vendor").get(pk=facts["payout_id"])
    return {
        "vendor": payout.account.vendor.name,
        "amount": payout.amount,
        "reason": payout.failure_message or payout.failure_code,
    }


def disputed(facts: Facts) -> Context:
    """What a dispute is about, for one vendor: its part, until when to answer, and how it stands."""
    shares = DisputeShare.objects.select_related("dispute", "vendor_order__vendor")
    share = shares.get(pk=facts["share_id"])
    dispute = share.dispute
    return {
        "vendor": share.vendor_order.vendor.name,
        "number": share.vendor_order.number,
        "amount": share.amount,
        "by": dispute.evidence_due_at.date() if dispute.evidence_due_at else None,
        "outcome": DisputeStatus(dispute.status).label,
    }


def dispute_due(facts: Facts) -> Context | None:
    """The same, while it still can be answered."""
    share = DisputeShare.objects.select_related("dispute").get(pk=facts["share_id"])
    is_open = share.dispute.status in ANSWERABLE and share.dispute.evidence_sent_at is None
    return disputed(facts) if is_open else None


LETTERS: Final[Mapping[str, Letter]] = {
    "vendor_submitted": decided(VendorStatus.UNDER_REVIEW),
    "vendor_approved": decided(VendorStatus.APPROVED),
    "vendor_rejected": decided(VendorStatus.REJECTED),
    "vendor_suspended": decided(VendorStatus.SUSPENDED),
    "vendor_reinstated": decided(VendorStatus.APPROVED),
    "vendor_closed": decided(VendorStatus.CLOSED),
    "appeal_answered": appeal_answered,
    "invited_vendor": invited,
    "invited_member": invited,
    "api_key_made": api_key_made,
    "payout_account_held": payout_account_held,
    "payout_bank_changed": payout_bank_changed,
    "payout_returned": payout_returned,
    "dispute_opened": disputed,
    "dispute_due": dispute_due,
    "dispute_closed": disputed,
}
