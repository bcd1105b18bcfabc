from collections.abc import Callable

import pytest

from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.states import moves_of
from payouts.models import AccountKind, LedgerAccount
from tests.factories.accounts import UserFactory
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.vendors import VendorFactory, member_of
from tests.support.published import published
from vendors import events
from vendors.errors import NothingToAppeal, OpenObligations
from vendors.models import Vendor, VendorAppeal, VendorInvitation, VendorMember, VendorReason, VendorStatus
from vendors.operations import invitations, life
from vendors.permissions import VendorPermission, VendorRole
from vendors.selectors import permissions_on

pytestmark = pytest.mark.django_db


def apply(**changes: str) -> Vendor:
    fields = {"name": "Tea & Co", "email": "tea@example.com", "country": "FR", "currency": "EUR", **changes}
    return life.apply(user=UserFactory.create(), **fields)


def test_an_applicant_prepares_and_the_user_owns_it() -> None:
    user = UserFactory.create()
    vendor = life.apply(
        user=user,
        name="  Tea   & Co ",
        email="Tea@Example.com",
        country="FR",
        currency="EUR",
        timezone="Europe/Paris",
        about="We\r\nbrew.",
    )
    assert (vendor.status, vendor.name, vendor.slug) == (VendorStatus.APPLIED, "Tea & Co", "tea-co")
    assert (vendor.email, vendor.timezone, vendor.about) == ("tea@example.com", "Europe/Paris", "We\nbrew.")
    assert permissions_on(user, vendor) == set(VendorPermission)
    assert [(entry.action, entry.actor_id) for entry in audit.entries_of(vendor)] == [
        ("vendors.applied", user.pk)
    ]


def test_the_second_of_a_name_gets_a_number_and_an_unspeakable_one_a_fallback() -> None:
    assert [apply().slug, apply().slug, apply(name="日本語").slug] == ["tea-co", "tea-co-2", "vendor"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("email", "nobody"),
        ("country", "XX"),
        ("country", "de"),
        ("currency", "EURO"),
        ("currency", "XXX"),
        ("timezone", "Mars/Olympus"),
        ("about", "x" * 4001),
    ],
)
def test_an_application_with_an_unusable_value_names_it(field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        apply(**{field: value})
    assert caught.value.field == field
    assert Vendor.objects.count() == 0


def test_whom_the_platform_invites_becomes_an_applicant_by_accepting() -> None:
    admin = UserFactory.create(is_staff=True)
    vendor = life.invite_vendor(
        name="Tea", email="Ida@example.com", country="FR", currency="EUR", actor=admin
    )
    assert (vendor.status, VendorMember.objects.count()) == (VendorStatus.INVITED, 0)
    ida = UserFactory.create(email="ida@example.com")
    with published(events.VendorApplied, events.MemberAdded) as said:
        invitations.accept(key=invitations.invitation_key(VendorInvitation.objects.get()), user=ida)
    vendor.refresh_from_db()
    assert vendor.status == VendorStatus.APPLIED
    assert permissions_on(ida, vendor) == set(VendorPermission)
    assert said == [
        events.MemberAdded(vendor_id=vendor.pk, user_id=ida.pk),
        events.VendorApplied(vendor_id=vendor.pk),
    ]


MOVES = (
    events.VendorSubmitted,
    events.VendorRejected,
    events.VendorApproved,
    events.VendorSuspended,
    events.VendorReinstated,
    events.VendorClosed,
)


def test_each_move_is_recorded_with_who_and_why_and_said() -> None:
    vendor, admin = apply(), UserFactory.create(is_staff=True)
    owner = VendorMember.objects.get().user
    with published(*MOVES) as said:
        life.submit(vendor=vendor, actor=owner)
        life.reject(vendor=vendor, actor=admin, reason=VendorReason.INCOMPLETE, note="No address.")
        life.submit(vendor=vendor, actor=owner, note="Added.")
        life.approve(vendor=vendor, actor=admin)
        life.suspend(vendor=vendor, actor=admin, reason=VendorReason.FRAUD)
        life.reinstate(vendor=vendor, actor=admin)
        life.suspend(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
        life.close(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
    moves = [(move.after and move.after["status"], move.reason, move.note) for move in moves_of(vendor)]
    assert moves == [
        ("under_review", "requested", ""),
        ("rejected", "incomplete", "No address."),
        ("under_review", "requested", "Added."),
        ("approved", "checked", ""),
        ("suspended", "fraud", ""),
        ("approved", "resolved", ""),
        ("suspended", "requested", ""),
        ("closed", "requested", ""),
    ]
    actors = [owner.pk, admin.pk, owner.pk, *[admin.pk] * 5]
    assert [move.actor_id for move in moves_of(vendor)] == actors
    order = (0, 1, 0, 2, 3, 4, 3, 5)
    assert said == [MOVES[place](vendor_id=vendor.pk) for place in order]


@pytest.mark.parametrize(
    ("status", "decide"),
    [
        (VendorStatus.APPLIED, life.approve),
        (VendorStatus.SUSPENDED, life.approve),
        (VendorStatus.UNDER_REVIEW, life.reinstate),
        (VendorStatus.REJECTED, life.approve),
        (VendorStatus.CLOSED, life.reinstate),
        (VendorStatus.APPROVED, life.submit),
        (VendorStatus.INVITED, life.submit),
    ],
)
def test_no_move_stands_in_for_another(status: VendorStatus, decide: Callable[..., Vendor]) -> None:
    vendor = VendorFactory.create(status=status)
    with pytest.raises(TransitionNotAllowed):
        decide(vendor=vendor, actor=UserFactory.create())
    vendor.refresh_from_db()
    assert vendor.status == status
    assert moves_of(vendor).count() == 0


def test_a_vendor_that_sells_is_not_closed() -> None:
    vendor = VendorFactory.create()
    with pytest.raises(TransitionNotAllowed):
        life.close(vendor=vendor, actor=UserFactory.create(), reason=VendorReason.REQUESTED)


def test_a_vendor_with_an_open_order_is_not_closed() -> None:
    vendor = VendorFactory.create()
    paid_order(Bought(variant=buyable(vendor=vendor)))
    admin = UserFactory.create(is_staff=True)
    life.suspend(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
    with pytest.raises(OpenObligations) as caught:
        life.close(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
    assert caught.value.message == "The vendor cannot be closed: there is still an open order."
    vendor.refresh_from_db()
    assert (vendor.status, moves_of(vendor).count()) == (VendorStatus.SUSPENDED, 1)


@pytest.mark.parametrize("balance", [1250, -1])
def test_a_vendor_that_is_owed_or_owes_is_not_closed(balance: int) -> None:
    vendor = VendorFactory.create(status=VendorStatus.SUSPENDED)
    LedgerAccount.objects.create(
        kind=AccountKind.VENDOR_PAYABLE, vendor=vendor, currency="EUR", balance_minor=balance
    )
    with pytest.raises(OpenObligations, match="a balance of"):
        life.close(vendor=vendor, actor=UserFactory.create(), reason=VendorReason.FRAUD)
    LedgerAccount.objects.update(balance_minor=0)
    closed = life.close(vendor=vendor, actor=UserFactory.create(), reason=VendorReason.FRAUD)
    assert closed.status == VendorStatus.CLOSED


def test_a_decision_is_appealed_once_and_another_one_again() -> None:
    vendor = VendorFactory.create()
    owner, admin = member_of(vendor), UserFactory.create(is_staff=True)
    with pytest.raises(NothingToAppeal):
        life.appeal(vendor=vendor, author=owner, message="Why?")
    for reason in (VendorReason.FRAUD, VendorReason.PERFORMANCE):
        life.suspend(vendor=vendor, actor=admin, reason=reason)
        made = life.appeal(vendor=vendor, author=owner, message="It was not us.")
        with pytest.raises(NothingToAppeal):
            life.appeal(vendor=vendor, author=owner, message="Again.")
        assert moves_of(vendor).get(pk=made.decision).reason == reason
        life.reinstate(vendor=vendor, actor=admin)
    assert [appeal.status for appeal in VendorAppeal.objects.all()] == ["suspended", "suspended"]


def test_an_appeal_is_answered_once() -> None:
    vendor = VendorFactory.create()
    owner, admin = member_of(vendor, VendorRole.MANAGER), UserFactory.create(is_staff=True)
    life.suspend(vendor=vendor, actor=admin, reason=VendorReason.FRAUD)
    appeal = life.appeal(vendor=vendor, author=owner, message="It was not us.")
    answered = life.answer_appeal(appeal=appeal, actor=admin, answer="It was.")
    assert (answered.answer, answered.answered_at is not None) == ("It was.", True)
    with pytest.raises(NothingToAppeal):
        life.answer_appeal(appeal=appeal, actor=admin, answer="It was not.")
    entry = audit.entries_of(vendor).last()
    assert entry is not None
    assert (entry.action, entry.after) == ("vendors.appeal_answered", {"appeal": appeal.pk})
