import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import IntegrityError
from django.test import override_settings

from marketplace.accounts.models import BillingProfile, User
from tests.factories.accounts import AddressFactory, BillingProfileFactory, GuestEmailFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_user_comes_with_an_unverified_address_and_a_billing_profile() -> None:
    user = User.objects.create_user(" Ada@Example.com ", "secret")
    assert user.email == "ada@example.com"
    assert user.check_password("secret")
    assert EmailAddress.objects.values_list("user", "email", "primary", "verified").get() == (
        user.pk,
        "ada@example.com",
        True,
        False,
    )
    profile = BillingProfile.objects.get()
    assert (profile.user, profile.guest, profile.email) == (user, None, "ada@example.com")


def test_of_a_user_with_a_known_address_nothing_is_kept() -> None:
    known = UserFactory.create(email="ada@example.com")
    with pytest.raises(IntegrityError):
        User.objects.create_user("ada@example.com", "secret")
    assert User.objects.get() == known
    assert EmailAddress.objects.count() == 1
    assert BillingProfile.objects.count() == 1


def test_a_superuser_is_verified_and_has_a_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "secret")
    call_command("createsuperuser", email="root@example.com", interactive=False, verbosity=0)
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("root@example.com", True, True)
    assert EmailAddress.objects.get().verified
    assert user.billing_profile.email == "root@example.com"


def test_an_address_in_capitals_never_reaches_the_table() -> None:
    user = UserFactory.create()
    with pytest.raises(IntegrityError, match="a_user_email_is_in_lower_case"):
        User.objects.filter(pk=user.pk).update(email="Ada@example.com")


def test_a_session_ends_with_the_password_and_with_the_generation() -> None:
    user = UserFactory.create()
    first = user.get_session_auth_hash()
    user.session_generation += 1
    second = user.get_session_auth_hash()
    user.set_password("another")
    assert len({first, second, user.get_session_auth_hash()}) == 3


def test_a_session_outlives_the_secret_key_while_the_old_one_is_a_fallback() -> None:
    user = UserFactory.create()
    with override_settings(SECRET_KEY="old"):
        under_the_old_key = user.get_session_auth_hash()
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert user.get_session_auth_hash() != under_the_old_key
        assert list(user.get_session_auth_fallback_hash()) == [under_the_old_key]


def test_a_profile_is_not_a_users_and_a_guests() -> None:
    user, guest = UserFactory.create(), GuestEmailFactory.create()
    with pytest.raises(IntegrityError, match="a_billing_profile_is_a_users_or_a_guests"):
        BillingProfile.objects.filter(user=user).update(guest=guest)


def test_a_profile_has_no_two_defaults_of_a_type() -> None:
    profile = BillingProfileFactory.create()
    AddressFactory.create(billing_profile=profile, is_default=True)
    AddressFactory.create(billing_profile=profile, is_default=True, address_type="billing")
    with pytest.raises(IntegrityError, match="a_profile_has_one_default_address_of_a_type"):
        AddressFactory.create(billing_profile=profile, is_default=True)
