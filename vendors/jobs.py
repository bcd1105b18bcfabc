"""Mail to vendors about what was decided, and to those who are invited to work for one.

A decision is mailed to the vendor's own address and to each owner, one message each. Keys are made here, when
the mail is written, so that no queue ever holds one.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from marketplace.kernel import clock
from marketplace.kernel.jobs import job
from marketplace.kernel.states import moves_of
from vendors.models import (
    Vendor,
    VendorApiKey,
    VendorAppeal,
    VendorInvitation,
    VendorReason,
    VendorStatus,
)
from vendors.operations.invitations import INVITATION_TIME, invitation_key
from vendors.permissions import VendorPermission, VendorRole

BLANK_LINES: Final = re.compile(r"\n{3,}")
# Reasons that go without saying; the others are told.
UNSAID: Final = frozenset({VendorReason.CHECKED, VendorReason.RESOLVED})


@job()
def mail_submitted(vendor_id: int) -> None:
    """Tell the vendor that its application has arrived."""
    _mail_decision(vendor_id, VendorStatus.UNDER_REVIEW, "submitted")


@job()
def mail_approved(vendor_id: int) -> None:
    """Tell the vendor that it sells."""
    _mail_decision(vendor_id, VendorStatus.APPROVED, "approved")


@job()
def mail_rejected(vendor_id: int) -> None:
    """Tell the applicant why it was turned down, and what it can do."""
    _mail_decision(vendor_id, VendorStatus.REJECTED, "rejected")


@job()
def mail_suspended(vendor_id: int) -> None:
    """Tell the vendor why it is off sale, and what it still owes its buyers."""
    _mail_decision(vendor_id, VendorStatus.SUSPENDED, "suspended")


@job()
def mail_reinstated(vendor_id: int) -> None:
    """Tell the vendor that it sells again."""
    _mail_decision(vendor_id, VendorStatus.APPROVED, "reinstated")


@job()
def mail_closed(vendor_id: int) -> None:
    """Tell the vendor that it has ended."""
    _mail_decision(vendor_id, VendorStatus.CLOSED, "closed")


@job()
def mail_appeal_answer(appeal_id: int) -> None:
    """Tell the vendor what came of its appeal."""
    appeal = VendorAppeal.objects.select_related("vendor").get(pk=appeal_id)
    _mail_vendor(appeal.vendor, "appeal_answered", {"answer": appeal.answer})


@job()
def mail_invitation(invitation_id: int) -> None:
    """Mail the link that accepts an invitation, unless it is no longer open."""
    invitation = VendorInvitation.objects.select_related("vendor").get(pk=invitation_id)
    is_over = invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= clock.now()
    if is_over:
        return
    vendor = invitation.vendor
    template = "invited_vendor" if vendor.status == VendorStatus.INVITED else "invited_member"
    _mail(
        [invitation.email],
        template,
        {
            "vendor": vendor,
            "role": VendorRole(invitation.role).label.lower(),
            "days": INVITATION_TIME.days,
            "link": _link("/account/invitation", key=invitation_key(invitation)),
        },
    )


@job()
def mail_api_key(key_id: int) -> None:
    """Tell the vendor and its owners that there is a new key, who made it, and what it may do."""
    key = VendorApiKey.objects.select_related("vendor", "created_by").get(pk=key_id)
    may = [VendorPermission(each).label for each in key.permissions]
    _mail_vendor(key.vendor, "api_key_made", {"key": key, "maker": key.created_by.email, "may": may})


def _mail_decision(vendor_id: int, status: VendorStatus, template: str) -> None:
    """Mail the reason and the note of the vendor's last move to this state."""
    vendor = Vendor.objects.get(pk=vendor_id)
    move = moves_of(vendor).filter(after__status=status.value).last()
    reason = "" if move is None or move.reason in UNSAID else VendorReason(move.reason).label
    _mail_vendor(vendor, template, {"reason": reason, "note": "" if move is None else move.note})


def _mail_vendor(vendor: Vendor, template: str, facts: Mapping[str, object]) -> None:
    owners = vendor.memberships.filter(role=VendorRole.OWNER, user__is_active=True)
    addresses = [vendor.email, *owners.values_list("user__email", flat=True)]
    _mail(list(dict.fromkeys(addresses)), template, {"vendor": vendor, **facts})


def _mail(addresses: list[str], template: str, facts: Mapping[str, object]) -> None:
    """Send a template, whose first line is the subject; nobody sees to whom else it went."""
    site = urlsplit(settings.SITE_URL).netloc
    text = render_to_string(f"vendors/mail/{template}.txt", {"site": site, **facts})
    subject, _, body = text.partition("\n")
    body = BLANK_LINES.sub("\n\n", body)  # what a template leaves out leaves its lines
    messages = [EmailMessage(subject, body, None, [address]) for address in addresses]
    get_connection().send_messages(messages)


def _link(path: str, **query: str) -> str:
    return f"{settings.SITE_URL}{path}?{urlencode(query)}"
