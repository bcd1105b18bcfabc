"""Mail to vendors about what was decided, and to those who are invited to work for one.

A decision is mailed to the vendor's own address and to each owner.
"""

from marketplace.kernel.jobs import job
from marketplace.outreach.operations.posting import Recipient, post, recipient_of
from marketplace.outreach.selectors import owners_of
from payouts.models import DisputeShare, Payout, PayoutAccount
from vendors.models import Vendor, VendorApiKey, VendorAppeal, VendorInvitation, VendorStatus


@job()
def mail_submitted(vendor_id: int, occasion: str) -> None:
    """Tell the vendor that its application has arrived."""
    _tell(vendor_id, "vendor_submitted", occasion)


@job()
def mail_approved(vendor_id: int, occasion: str) -> None:
    """Tell the vendor that it sells."""
    _tell(vendor_id, "vendor_approved", occasion)


@job()
def mail_rejected(vendor_id: int, occasion: str) -> None:
    """Tell the applicant why it was turned down, and what it can do."""
    _tell(vendor_id, "vendor_rejected", occasion)


@job()
def mail_suspended(vendor_id: int, occasion: str) -> None:
    """Tell the vendor why it is off sale, and what it still owes its buyers."""
    _tell(vendor_id, "vendor_suspended", occasion)


@job()
def mail_reinstated(vendor_id: int, occasion: str) -> None:
    """Tell the vendor that it sells again."""
    _tell(vendor_id, "vendor_reinstated", occasion)


@job()
def mail_closed(vendor_id: int, occasion: str) -> None:
    """Tell the vendor that it has ended."""
    _tell(vendor_id, "vendor_closed", occasion)


@job()
def mail_appeal_answer(appeal_id: int, occasion: str) -> None:
    """Tell the vendor what came of its appeal."""
    appeal = VendorAppeal.objects.select_related("vendor").get(pk=appeal_id)
    post(
        "appeal_answered", to=answering_for(appeal.vendor), occasion=occasion, facts={"appeal_id": appeal.pk}
    )


@job()
def mail_invitation(invitation_id: int, occasion: str) -> None:
    """Mail the link that accepts an invitation."""
    invitation = VendorInvitation.objects.select_related("vendor").get(pk=invitation_id)
    is_first = invitation.vendor.status == VendorStatus.INVITED
    post(
        "invited_vendor" if is_first else "invited_member",
        to=[Recipient(invitation.email)],
        occasion=occasion,
        facts={"invitation_id": invitation.pk},
    )


@job()
def mail_api_key(key_id: int, occasion: str) -> None:
    """Tell the vendor and its owners that there is a new key, who made it, and what it may do."""
    key = VendorApiKey.objects.select_related("vendor").get(pk=key_id)
    post("api_key_made", to=answering_for(key.vendor), occasion=occasion, facts={"key_id": key.pk})


@job()
def mail_payout_account_held(account_id: int, occasion: str) -> None:
    """Tell the vendor that it cannot be paid, and what the provider asks for."""
    account = PayoutAccount.objects.select_related("vendor").get(pk=account_id)
    post(
        "payout_account_held",
        to=answering_for(account.vendor),
        occasion=occasion,
        facts={"account_id": account.pk},
    )


@job()
def mail_payout_bank_changed(account_id: int, occasion: str) -> None:
    """Tell the vendor and its owners that it is paid elsewhere from now on, and not at once."""
    account = PayoutAccount.objects.select_related("vendor").get(pk=account_id)
    post(
        "payout_bank_changed",
        to=answering_for(account.vendor),
        occasion=occasion,
        facts={"account_id": account.pk},
    )


@job()
def mail_payout_returned(payout_id: int) -> None:
    """Tell the vendor and its owners that a payout did not arrive, and why."""
    payout = Payout.objects.select_related("account__vendor").get(pk=payout_id)
    post(
        "payout_returned",
        to=answering_for(payout.account.vendor),
        occasion=f"payout:{payout.pk}",
        facts={"payout_id": payout.pk},
    )


@job()
def mail_dispute_opened(dispute_id: int) -> None:
    """Tell each vendor who has a part in it that a buyer wants the money back, and until when to answer."""
    _tell_of_dispute(dispute_id, "dispute_opened")


@job()
def mail_dispute_due(dispute_id: int) -> None:
    """Remind them."""
    _tell_of_dispute(dispute_id, "dispute_due")


@job()
def mail_dispute_closed(dispute_id: int) -> None:
    """Tell them how it ended."""
    _tell_of_dispute(dispute_id, "dispute_closed")


def _tell_of_dispute(dispute_id: int, message: str) -> None:
    shares = DisputeShare.objects.filter(dispute=dispute_id, amount_minor__gt=0)
    for share in shares.select_related("vendor_order__vendor"):
        post(
            message,
            to=answering_for(share.vendor_order.vendor),
            occasion=f"dispute:{dispute_id}",
            facts={"share_id": share.pk},
        )


def _tell(vendor_id: int, message: str, occasion: str) -> None:
    vendor = Vendor.objects.get(pk=vendor_id)
    post(message, to=answering_for(vendor), occasion=occasion, facts={"vendor_id": vendor.pk})


def answering_for(vendor: Vendor) -> list[Recipient]:
    """The vendor's own address and its owners; one who has both gets it once."""
    owners = [recipient_of(user) for user in owners_of(vendor)]
    own = [] if vendor.email in {owner.email for owner in owners} else [Recipient(vendor.email)]
    return [*own, *owners]
