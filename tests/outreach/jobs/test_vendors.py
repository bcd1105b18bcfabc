import pytest
from django.core import mail
from pytest_django import Settings

from marketplace.outreach.jobs import vendors as jobs
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, key_of, member_of
from tests.support.mails import link_of, sent
from tests.support.queue import queued, run_queued
from vendors.models import Vendor, VendorInvitation, VendorReason, VendorStatus
from vendors.operations import invitations, life
from vendors.permissions import VendorPermission, VendorRole

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_to_do_first(settings: Settings) -> None:
    """The checklist has tests of its own."""
    settings.ONBOARDING_STEPS = ()


def test_a_decision_is_mailed_to_the_vendor_and_its_owners_one_by_one() -> None:
    vendor = VendorFactory.create(name="Tea & Co", email="tea@example.com")
    owner, _ = member_of(vendor), member_of(vendor, VendorRole.SUPPORT)
    admin = UserFactory.create(is_staff=True)
    life.suspend(vendor=vendor, actor=admin, reason=VendorReason.FRAUD, note="Two buyers wrote.")
    assert queued() == [("mail_suspended", {"vendor_id": vendor.pk})]
    run_queued()
    assert [message.to for message in mail.outbox] == [["tea@example.com"], [owner.email]]
    (text,) = {str(message.body) for message in mail.outbox}
    assert mail.outbox[0].subject == "Tea & Co is off sale"
    assert "\nWhy: Suspicion of fraud.\n\nTwo buyers wrote.\n\nOrders" in text


def test_a_reason_that_goes_without_saying_is_not_said() -> None:
    vendor = VendorFactory.create(status=VendorStatus.UNDER_REVIEW)
    life.approve(vendor=vendor, actor=UserFactory.create(is_staff=True))
    run_queued()
    (message,) = mail.outbox
    assert "Why:" not in message.body


def test_every_move_has_its_mail() -> None:
    vendor = VendorFactory.create(status=VendorStatus.APPLIED)
    admin = UserFactory.create(is_staff=True)
    life.submit(vendor=vendor, actor=admin)
    life.reject(vendor=vendor, actor=admin, reason=VendorReason.INCOMPLETE)
    appeal = life.appeal(vendor=vendor, author=admin, message="It is complete.")
    life.answer_appeal(appeal=appeal, actor=admin, answer="It is not.")
    life.submit(vendor=vendor, actor=admin)
    life.approve(vendor=vendor, actor=admin)
    life.suspend(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
    life.reinstate(vendor=vendor, actor=admin)
    life.suspend(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
    life.close(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
    run_queued()
    assert [message.subject.removeprefix(f"{vendor.name} ") for message in mail.outbox] == [
        "is being looked at",
        "was not approved",
        f"Your appeal for {vendor.name} was answered",
        "is being looked at",
        "may sell",
        "is off sale",
        "sells again",
        "is off sale",
        "is closed",
    ]
    assert "It is not." in mail.outbox[2].body


def test_an_invitation_mails_a_key_that_accepts_it() -> None:
    vendor: Vendor = VendorFactory.create()
    invitations.invite(
        vendor=vendor, email="ida@example.com", role=VendorRole.FINANCE, actor=member_of(vendor)
    )
    run_queued()
    (message,) = mail.outbox
    page, key = link_of(message)
    assert (message.to, page) == (["ida@example.com"], "http://localhost:8000/account/invitation")
    ida = UserFactory.create(email="ida@example.com")
    assert invitations.accept(key=key, user=ida).role == VendorRole.FINANCE


def test_the_queue_holds_neither_key_nor_address() -> None:
    vendor: Vendor = VendorFactory.create()
    made = invitations.invite(
        vendor=vendor, email="ida@example.com", role=VendorRole.FINANCE, actor=member_of(vendor)
    )
    assert queued() == [("mail_invitation", {"invitation_id": made.pk})]


def test_an_invitation_that_is_over_is_not_mailed() -> None:
    vendor: Vendor = VendorFactory.create()
    owner = member_of(vendor)
    made = invitations.invite(vendor=vendor, email="ida@example.com", role=VendorRole.FINANCE, actor=owner)
    invitations.revoke_invitation(invitation=made, actor=owner)
    jobs.mail_invitation(invitation_id=made.pk, occasion="one")
    assert sent() == []


def test_whom_the_platform_invites_is_told_what_to() -> None:
    admin = UserFactory.create(is_staff=True)
    life.invite_vendor(name="Tea", email="ida@example.com", country="FR", currency="EUR", actor=admin)
    jobs.mail_invitation(invitation_id=VendorInvitation.objects.get().pk, occasion="one")
    sent()
    assert mail.outbox[0].subject == "You are invited to sell at localhost:8000"
    assert "invites you to sell as Tea." in mail.outbox[0].body


def test_owners_are_told_of_a_new_key_and_nobody_of_the_secret() -> None:
    vendor = VendorFactory.create(name="Tea & Co", email="tea@example.com")
    owner, manager = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    key, secret = key_of(vendor, VendorPermission.CHANGE_STOCK, maker=manager)
    assert queued() == [("mail_api_key", {"key_id": key.pk})]
    run_queued()
    assert [message.to for message in mail.outbox] == [["tea@example.com"], [owner.email]]
    text = str(mail.outbox[0].body)
    assert f"{manager.email} has made a key" in text
    assert "Whoever holds it:\n\n- Can adjust stock\n\nIf nobody" in text
    assert (key.shown in text, secret in text) == (True, False)
