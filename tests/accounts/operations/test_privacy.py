import json

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from checkout.models import Order
from marketplace.accounts.errors import AccountInUse, InvalidCredentials, SecondFactorRequired
from marketplace.accounts.factors import give_totp
from marketplace.accounts.models import Address, BillingProfile, DataExport, GuestEmail, User, UserSession
from marketplace.accounts.operations import access, privacy
from marketplace.accounts.selectors import everything_about
from marketplace.kernel import audit
from marketplace.kernel.errors import RateLimited
from marketplace.outreach.jobs import accounts as jobs
from tests.accounts.conftest import Visit
from tests.factories.accounts import (
    PASSWORD,
    AddressFactory,
    BillingProfileFactory,
    GuestEmailFactory,
    UserFactory,
)
from tests.factories.vendors import VendorFactory
from tests.support.queue import queued
from vendors.models import VendorMember
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

ADA = "ada@example.com"


def _signed_in(visit: Visit, user: User) -> HttpRequest:
    request = visit()
    access.log_in(request=request, email=user.email, password=PASSWORD)
    request.session.save()
    return request


def _delete(request: HttpRequest, user: User, *, password: str = PASSWORD) -> None:
    privacy.delete_account(request=request, user=user, password=password, code=None, passkey=None)


def _ask(request: HttpRequest, user: User, *, password: str = PASSWORD) -> DataExport:
    return privacy.request_export(request=request, user=user, password=password, code=None, passkey=None)


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(email=ADA, name="Ada")
    return user


class TestExport:
    def test_is_gathered_by_a_job_and_told_by_mail(self, visit: Visit, ada: User) -> None:
        export = _ask(_signed_in(visit, ada), ada)
        assert (export.content, export.ready_at) == ("", None)
        assert queued() == [("make_data_export", {"user_id": ada.pk})]
        jobs.make_data_export(user_id=ada.pk, occasion="one")
        export.refresh_from_db()
        assert json.loads(export.content)["account"]["email"] == ADA
        assert export.ready_at is not None
        assert not privacy.fill_export(user=ada, gathered=everything_about)

    def test_takes_the_place_of_the_one_before_three_times_a_day(self, visit: Visit, ada: User) -> None:
        request = _signed_in(visit, ada)
        for _ in range(3):
            _ask(request, ada)
        assert DataExport.objects.count() == 1
        with pytest.raises(RateLimited):
            _ask(request, ada)

    def test_asks_for_the_password(self, visit: Visit, ada: User) -> None:
        with pytest.raises(InvalidCredentials):
            _ask(_signed_in(visit, ada), ada, password="wrong")
        assert not DataExport.objects.exists()


class TestDeletion:
    def test_takes_the_person_out_and_signs_out_everywhere(self, visit: Visit, ada: User) -> None:
        here, there = _signed_in(visit, ada), _signed_in(visit, ada)
        AddressFactory.create(billing_profile=ada.billing_profile)
        _ask(here, ada)
        _delete(here, ada)
        gone = User.objects.get()
        assert (gone.pk, gone.name, gone.is_active, gone.last_login) == (ada.pk, "", False, None)
        assert gone.email.endswith("@deleted.invalid")
        assert not gone.has_usable_password()
        assert here.user.is_anonymous
        assert visit(there.session.session_key).user.is_anonymous
        assert BillingProfile.objects.get().email == ""
        for model in (Address, EmailAddress, UserSession, DataExport):
            assert not model.objects.exists()
        assert queued()[-2:] == [
            ("mail_account_deleted", {"email": ADA}),
            ("forget_cards", {"user_id": ada.pk}),
        ]
        entry = audit.entries_of(ada).last()
        assert entry is not None
        assert (entry.action, entry.before, entry.after) == ("accounts.account_deleted", None, None)

    def test_takes_the_guests_of_the_address_along(self, visit: Visit, ada: User) -> None:
        guest = GuestEmailFactory.create(email=ADA)
        profile = BillingProfileFactory.create(guest=guest)
        AddressFactory.create(billing_profile=profile)
        other = AddressFactory.create()
        _delete(_signed_in(visit, ada), ada)
        profile.refresh_from_db()
        assert (profile.email, profile.claimed_by) == ("", ada)
        assert not GuestEmail.objects.filter(email=ADA).exists()
        assert Address.objects.get() == other

    def test_frees_the_address_for_somebody_who_sees_nothing_of_it(self, visit: Visit, ada: User) -> None:
        _delete(_signed_in(visit, ada), ada)
        access.sign_up(email=ADA, password=PASSWORD, client="198.51.100.7")
        fresh = User.objects.get(email=ADA)
        assert fresh.pk != ada.pk
        assert Order.objects.filter(billing_profile__claimed_by=fresh).count() == 0

    @pytest.mark.parametrize("case", ["password", "factor", "staff", "member"])
    def test_refused_changes_nothing(self, visit: Visit, ada: User, case: str) -> None:
        request = _signed_in(visit, ada)
        refusals: dict[str, type[Exception]] = {
            "password": InvalidCredentials,
            "factor": SecondFactorRequired,
            "staff": AccountInUse,
            "member": AccountInUse,
        }
        if case == "factor":
            give_totp(ada, "NFXGS3TFMRQW4ZLSMRSW233T")
        elif case == "staff":
            User.objects.update(is_staff=True)
        elif case == "member":
            VendorMember.objects.create(vendor=VendorFactory.create(), user=ada, role=VendorRole.SUPPORT)
        with pytest.raises(refusals[case]):
            _delete(request, ada, password="wrong" if case == "password" else PASSWORD)
        ada.refresh_from_db()
        assert (ada.email, ada.is_active) == (ADA, True)
        assert request.user.is_authenticated
        assert queued() == []
