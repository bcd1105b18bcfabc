"""Vendors under simultaneous hands."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from pytest_django import Settings

from marketplace.accounts.errors import ExpiredKey
from marketplace.accounts.models import User
from marketplace.kernel import slugs
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.races import at_once
from tests.support.unlocked import read_before_either_writes
from vendors.errors import AlreadyMember, LastOwner
from vendors.models import Vendor, VendorInvitation, VendorMember, VendorStatus
from vendors.operations import invitations, life, members
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_to_do_first(settings: Settings) -> None:
    settings.ONBOARDING_STEPS = ()


def _approve_twice() -> tuple[Vendor, list[type]]:
    vendor = VendorFactory.create(status=VendorStatus.UNDER_REVIEW)
    admins = UserFactory.create_batch(2)
    outcomes = at_once(*(lambda admin=admin: life.approve(vendor=vendor, actor=admin) for admin in admins))
    return vendor, sorted(map(type, outcomes), key=str)


def test_two_approvals_are_one_move() -> None:
    vendor, outcomes = _approve_twice()
    assert outcomes == [TransitionNotAllowed, Vendor]
    assert moves_of(vendor).count() == 1


def test_two_approvals_are_one_move_even_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "lock_one", read_before_either_writes())
    vendor, outcomes = _approve_twice()
    assert outcomes == [TransitionNotAllowed, Vendor]
    assert moves_of(vendor).count() == 1


def _vendor_of_two() -> tuple[Vendor, list[User]]:
    vendor = VendorFactory.create()
    return vendor, [member_of(vendor), member_of(vendor)]


def _leave_together(vendor: Vendor, owners: list[User]) -> list[Any]:
    outcomes = at_once(
        *(
            lambda owner=owner: members.remove_member(vendor=vendor, user=owner, actor=owner)
            for owner in owners
        )
    )
    return [outcome if outcome is None else type(outcome) for outcome in outcomes]


def test_two_owners_do_not_leave_at_once() -> None:
    vendor, owners = _vendor_of_two()
    assert sorted(_leave_together(vendor, owners), key=str) == [LastOwner, None]
    assert VendorMember.objects.filter(vendor=vendor, role=VendorRole.OWNER).count() == 1


def _demote_each_other(vendor: Vendor, owners: list[User]) -> list[Any]:
    """Each owner makes a helper of the other."""

    def demote(actor: User, other: User) -> VendorMember:
        return members.change_role(vendor=vendor, user=other, role=VendorRole.SUPPORT, actor=actor)

    ada, bob = owners
    return [type(outcome) for outcome in at_once(lambda: demote(ada, bob), lambda: demote(bob, ada))]


def test_two_owners_do_not_demote_each_other_at_once() -> None:
    vendor, owners = _vendor_of_two()
    assert sorted(_demote_each_other(vendor, owners), key=str) == [LastOwner, VendorMember]
    assert VendorMember.objects.filter(vendor=vendor, role=VendorRole.OWNER).count() == 1


def test_without_the_lock_two_owners_demote_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor, owners = _vendor_of_two()
    _both_check_before_either_writes(monkeypatch)
    assert _demote_each_other(vendor, owners) == [VendorMember, VendorMember]
    assert VendorMember.objects.filter(vendor=vendor, role=VendorRole.OWNER).count() == 0


def test_without_the_lock_a_vendor_loses_its_last_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor, owners = _vendor_of_two()
    _both_check_before_either_writes(monkeypatch)
    assert _leave_together(vendor, owners) == [None, None]
    assert VendorMember.objects.filter(vendor=vendor).count() == 0


def _both_check_before_either_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is off, and each finds the other still an owner."""
    monkeypatch.setattr(members, "lock_one", read_before_either_writes())
    both_have_checked = threading.Barrier(2)
    check = members._refuse_last_owner

    def check_before_either_leaves(member: VendorMember) -> None:
        check(member)
        both_have_checked.wait(timeout=10)

    monkeypatch.setattr(members, "_refuse_last_owner", check_before_either_leaves)


def _accept_twice(monkeypatch: pytest.MonkeyPatch | None = None) -> list[type]:
    vendor = VendorFactory.create()
    owner, ida = member_of(vendor), UserFactory.create()
    invitations.invite(vendor=vendor, email=ida.email, role=VendorRole.SUPPORT, actor=owner)
    key = invitations.invitation_key(VendorInvitation.objects.get())
    if monkeypatch is not None:
        monkeypatch.setattr(invitations, "lock_one", read_before_either_writes())
    outcomes = at_once(*[lambda: invitations.accept(key=key, user=ida)] * 2)
    return sorted(map(type, outcomes), key=str)


def test_an_invitation_accepted_twice_at_once_works_once() -> None:
    assert _accept_twice() == [ExpiredKey, VendorMember]
    assert VendorMember.objects.filter(role=VendorRole.SUPPORT).count() == 1


def test_without_the_lock_the_key_is_not_seen_to_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _accept_twice(monkeypatch) == [AlreadyMember, VendorMember]


def _both_find_the_slug_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look of each thread sees what was there before either has written."""
    both_have_looked = threading.Barrier(2)
    look = slugs._taken
    seen = threading.local()

    def looked(rows: QuerySet[Any], stem: str) -> set[str]:
        taken = look(rows, stem)
        if not hasattr(seen, "once"):
            seen.once = True
            both_have_looked.wait(timeout=10)
        return taken

    monkeypatch.setattr(slugs, "_taken", looked)


def _apply() -> Vendor:
    return life.apply(
        user=UserFactory.create(), name="Tea", email="t@example.com", country="FR", currency="EUR"
    )


def test_two_vendors_of_one_name_get_two_slugs(monkeypatch: pytest.MonkeyPatch) -> None:
    _both_find_the_slug_free(monkeypatch)
    outcomes = at_once(_apply, _apply)
    assert sorted(vendor.slug for vendor in outcomes if isinstance(vendor, Vendor)) == ["tea", "tea-2"]
    assert VendorMember.objects.count() == 2


def test_without_the_second_look_one_of_them_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    _both_find_the_slug_free(monkeypatch)

    def insert_at_first_sight() -> Vendor:
        slug = slugs._first_free("tea", slugs._taken(Vendor.objects.all(), "tea"))
        vendor: Vendor = VendorFactory.create(slug=slug)
        return vendor

    outcomes = at_once(insert_at_first_sight, insert_at_first_sight)
    assert sorted(map(type, outcomes), key=str) == [IntegrityError, Vendor]
