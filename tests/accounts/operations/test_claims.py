import pytest

from marketplace.accounts import authentication, selectors
from marketplace.accounts.models import BillingProfile
from marketplace.accounts.operations import access, claims
from marketplace.kernel import audit
from tests.accounts.conftest import Visit
from tests.factories.accounts import (
    PASSWORD,
    AddressFactory,
    BillingProfileFactory,
    GuestEmailFactory,
    UserFactory,
)
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

ADA = "ada@example.com"


def _guest(email: str = ADA) -> BillingProfile:
    profile: BillingProfile = BillingProfileFactory.create(guest=GuestEmailFactory.create(email=email))
    return profile


def test_nothing_is_claimed_before_the_address_is_verified() -> None:
    profile, user = _guest(), UserFactory.create(email=ADA, is_verified=False)
    assert claims.claim_guest_purchases(user=user) == 0
    assert list(selectors.profiles_of(user)) == [user.billing_profile]
    access.verify_email(key=authentication.verification_key(user))
    assert set(selectors.profiles_of(user)) == {user.billing_profile, profile}


def test_what_is_anothers_address_or_anothers_already_stays() -> None:
    theirs, claimed = _guest("eve@example.com"), _guest()
    BillingProfile.objects.filter(pk=claimed.pk).update(claimed_by=UserFactory.create())
    user = UserFactory.create(email=ADA)
    assert claims.claim_guest_purchases(user=user) == 0
    assert {theirs, claimed} & set(selectors.profiles_of(user)) == set()


def test_addresses_are_not_shared() -> None:
    AddressFactory.create(billing_profile=_guest())
    user = UserFactory.create(email=ADA)
    assert claims.claim_guest_purchases(user=user) == 1
    assert list(selectors.addresses_of(user)) == []


def test_again_it_finds_what_came_since_and_records_each_once() -> None:
    profile, user = _guest(), UserFactory.create(email=ADA)
    assert [claims.claim_guest_purchases(user=user) for _ in range(2)] == [1, 0]
    later = _guest()
    assert claims.claim_guest_purchases(user=user) == 1
    for each in (profile, later):
        (entry,) = audit.entries_of(each)
        assert (entry.action, entry.actor_id) == ("accounts.purchases_claimed", user.pk)


def test_imported_purchases_of_the_address_are_claimed_too() -> None:
    imported = BillingProfile.objects.create(email=ADA)
    nameless = BillingProfile.objects.create(email="")
    user = UserFactory.create(email=ADA)
    claims.claim_guest_purchases(user=user)
    assert set(selectors.profiles_of(user)) == {user.billing_profile, imported}
    assert nameless.claimed_by is None


@pytest.mark.parametrize("way", ["sign-in", "reset", "another address"])
def test_each_way_that_shows_the_address_claims(visit: Visit, way: str) -> None:
    profile = _guest()
    email = "old@example.com" if way == "another address" else ADA
    user = UserFactory.create(email=email, is_verified=way != "reset")
    if way == "sign-in":
        access.log_in(request=visit(), email=ADA, password=PASSWORD)
    elif way == "reset":
        access.reset_password(key=authentication.reset_key(user), password="another-long-walk")
    else:
        access.verify_email(key=authentication.email_change_key(user, ADA))
    profile.refresh_from_db()
    assert profile.claimed_by == user


@pytest.mark.django_db(transaction=True)
def test_two_claims_at_once_record_one() -> None:
    profile, user = _guest(), UserFactory.create(email=ADA)
    outcomes = at_once(*[lambda: claims.claim_guest_purchases(user=user)] * 2)
    assert sorted(outcomes, key=str) == [0, 1]
    assert audit.entries_of(profile).count() == 1
