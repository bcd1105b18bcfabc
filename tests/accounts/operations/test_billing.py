from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.errors import AddressBookFull
from marketplace.accounts.models import Address, AddressType, BillingProfile, GuestEmail
from marketplace.accounts.operations import billing
from marketplace.accounts.operations.billing import AddressDetails
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotFound
from tests.factories.accounts import AddressFactory, BillingProfileFactory, GuestEmailFactory, UserFactory
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.orders import ready_cart
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

SHIPPING, BILLING = AddressType.SHIPPING, AddressType.BILLING


@pytest.fixture
def session() -> SessionStore:
    return SessionStore()


def _details(**changes: str) -> AddressDetails:
    details = {"name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "country": "DE"}
    return AddressDetails(**(details | changes))


def _book(profile: BillingProfile) -> list[tuple[str, str, bool]]:
    entries = profile.addresses.order_by("address_type", "pk")
    return [(entry.address_type, entry.name, entry.is_default) for entry in entries]


class TestGuest:
    def test_is_remembered_in_the_session(self, session: SessionStore) -> None:
        guest = billing.continue_as_guest(session=session, email=" Guest@Example.com ")
        assert guest.email == "guest@example.com"
        assert session["guest_email_id"] == guest.pk

    def test_stays_the_same_under_the_same_address(self, session: SessionStore) -> None:
        first = billing.continue_as_guest(session=session, email="guest@example.com")
        assert billing.continue_as_guest(session=session, email="GUEST@example.com") == first
        assert GuestEmail.objects.count() == 1

    def test_is_another_under_another_address(self, session: SessionStore) -> None:
        first = billing.continue_as_guest(session=session, email="guest@example.com")
        second = billing.continue_as_guest(session=session, email="other@example.com")
        assert session["guest_email_id"] == second.pk != first.pk

    def test_shares_nothing_with_the_guest_of_another_session(self, session: SessionStore) -> None:
        first = billing.continue_as_guest(session=session, email="guest@example.com")
        second = billing.continue_as_guest(session=SessionStore(), email="guest@example.com")
        assert first != second

    def test_needs_a_usable_address(self, session: SessionStore) -> None:
        with pytest.raises(InvalidInput):
            billing.continue_as_guest(session=session, email="guest")
        assert session.is_empty()
        assert GuestEmail.objects.count() == 0

    def test_forgotten_by_the_session_keeps_what_it_has(self, session: SessionStore) -> None:
        guest = billing.continue_as_guest(session=session, email="guest@example.com")
        billing.forget_guest(session)
        assert "guest_email_id" not in session
        assert GuestEmail.objects.get() == guest


class TestProfile:
    def test_of_a_user_is_there_from_the_start(self, session: SessionStore) -> None:
        user = UserFactory.create()
        assert billing.profile_for(session=session, user=user) == (user.billing_profile, False)
        assert session["billing_profile_id"] == user.billing_profile.pk

    def test_of_a_user_without_one_is_made(self, session: SessionStore) -> None:
        user = UserFactory.create()
        BillingProfile.objects.all().delete()
        profile, created = billing.profile_for(session=session, user=user)
        assert profile == BillingProfile.objects.get()
        assert created
        assert (profile.user, profile.email) == (user, user.email)

    def test_of_a_guest_is_made_once(self, session: SessionStore) -> None:
        guest = billing.continue_as_guest(session=session, email="guest@example.com")
        profile, created = billing.profile_for(session=session, user=None)
        assert profile is not None
        assert created
        assert (profile.guest, profile.user, profile.email) == (guest, None, "guest@example.com")
        assert billing.profile_for(session=session, user=None) == (profile, False)

    def test_of_a_user_wins_over_the_guest_of_the_session(self, session: SessionStore) -> None:
        user = UserFactory.create()
        billing.continue_as_guest(session=session, email="guest@example.com")
        assert billing.profile_for(session=session, user=user) == (user.billing_profile, False)

    def test_left_in_the_session_by_somebody_else_is_replaced(self, session: SessionStore) -> None:
        stranger, user = UserFactory.create(), UserFactory.create()
        session["billing_profile_id"] = stranger.billing_profile.pk
        assert billing.profile_for(session=session, user=user) == (user.billing_profile, False)
        assert session["billing_profile_id"] == user.billing_profile.pk

    def test_left_in_the_session_is_nobodys_claim(self, session: SessionStore) -> None:
        session["billing_profile_id"] = UserFactory.create().billing_profile.pk
        assert billing.profile_for(session=session, user=None) == (None, False)
        assert "billing_profile_id" not in session

    def test_of_a_guest_who_is_gone_is_none(self, session: SessionStore) -> None:
        session["guest_email_id"] = 4711
        assert billing.profile_for(session=session, user=None) == (None, False)

    def test_unchanged_does_not_write_the_session(self, session: SessionStore) -> None:
        user = UserFactory.create()
        session["billing_profile_id"] = user.billing_profile.pk
        session.modified = False
        billing.profile_for(session=session, user=user)
        assert not session.modified

    @pytest.mark.django_db(transaction=True)
    def test_of_one_guest_asked_for_by_four_at_once_is_one(self) -> None:
        guest = GuestEmailFactory.create()

        def ask() -> tuple[BillingProfile | None, bool]:
            session = SessionStore()
            session["guest_email_id"] = guest.pk
            return billing.profile_for(session=session, user=None)

        profile_and_created = at_once(*[ask] * 4)
        profile = BillingProfile.objects.get()
        assert sorted(profile_and_created, key=str) == [(profile, False)] * 3 + [(profile, True)]

    @pytest.mark.django_db(transaction=True)
    def test_control_looking_first_fails_some_of_four(self) -> None:
        guest = GuestEmailFactory.create()

        def look_first() -> BillingProfile:
            known = BillingProfile.objects.filter(guest=guest).first()
            return known or BillingProfile.objects.create(guest=guest)

        failures = 0
        for _ in range(20):
            failures += sum(isinstance(outcome, IntegrityError) for outcome in at_once(*[look_first] * 4))
            BillingProfile.objects.all().delete()
        assert failures > 0


class TestSaveAddress:
    def test_keeps_what_was_typed_tidied(self) -> None:
        profile = BillingProfileFactory.create()
        address = billing.save_address(
            profile=profile,
            address_type=SHIPPING,
            details=_details(name="  Ada   Example ", country="de", postal_code=" 10117 "),
        )
        saved = Address.objects.get()
        assert saved == address
        assert (saved.billing_profile, saved.name, saved.country) == (profile, "Ada Example", "DE")
        assert (saved.line2, saved.state, saved.postal_code, saved.phone) == ("", "", "10117", "")

    def test_makes_the_first_of_each_type_the_default_and_leaves_it(self) -> None:
        profile = BillingProfileFactory.create()
        for address_type, name in ((SHIPPING, "A"), (SHIPPING, "B"), (BILLING, "C")):
            billing.save_address(profile=profile, address_type=address_type, details=_details(name=name))
        assert _book(profile) == [("billing", "C", True), ("shipping", "A", True), ("shipping", "B", False)]

    def test_moves_the_default_where_it_is_asked_to(self) -> None:
        profile = BillingProfileFactory.create()
        billing.save_address(profile=profile, address_type=SHIPPING, details=_details(name="A"))
        address = billing.save_address(
            profile=profile, address_type=SHIPPING, details=_details(name="B"), is_default=True
        )
        assert address.is_default
        assert _book(profile) == [("shipping", "A", False), ("shipping", "B", True)]

    def test_changes_the_one_named_and_no_other(self) -> None:
        profile = BillingProfileFactory.create()
        first, _ = (
            billing.save_address(profile=profile, address_type=SHIPPING, details=_details(name=name))
            for name in "AB"
        )
        billing.save_address(
            profile=profile, address_type=SHIPPING, details=_details(name="Z"), address_id=first.pk
        )
        assert _book(profile) == [("shipping", "Z", True), ("shipping", "B", False)]

    def test_of_another_type_leaves_a_default_behind(self) -> None:
        profile = BillingProfileFactory.create()
        first, _ = (
            billing.save_address(profile=profile, address_type=SHIPPING, details=_details(name=name))
            for name in "AB"
        )
        billing.save_address(
            profile=profile, address_type=BILLING, details=_details(name="A"), address_id=first.pk
        )
        assert _book(profile) == [("billing", "A", True), ("shipping", "B", True)]

    def test_in_somebody_elses_book_is_not_found(self) -> None:
        theirs = AddressFactory.create()
        with pytest.raises(NotFound) as refusal:
            billing.save_address(
                profile=BillingProfileFactory.create(),
                address_type=SHIPPING,
                details=_details(name="Mallory"),
                address_id=theirs.pk,
            )
        assert (refusal.value.thing, refusal.value.field) == ("address", "address")
        assert Address.objects.get().name == theirs.name

    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("name", {"name": " "}),
            ("line1", {"line1": ""}),
            ("line2", {"line2": "x" * 201}),
            ("city", {"city": "Ber\x00lin"}),
            ("state", {"state": "x" * 101}),
            ("postalCode", {"postal_code": "x" * 21}),
            ("country", {"country": "XX"}),
            ("country", {"country": "Germany"}),
            ("phone", {"phone": "x" * 33}),
        ],
    )
    def test_names_the_field_that_cannot_be_used(self, field: str, changes: dict[str, str]) -> None:
        with pytest.raises(InvalidInput) as refusal:
            billing.save_address(
                profile=BillingProfileFactory.create(), address_type=SHIPPING, details=_details(**changes)
            )
        assert refusal.value.field == field
        assert Address.objects.count() == 0

    def test_beyond_the_last_page_of_the_book_is_refused(self) -> None:
        profile = BillingProfileFactory.create()
        AddressFactory.create_batch(billing.MAX_ADDRESSES, billing_profile=profile)
        with pytest.raises(AddressBookFull) as refusal:
            billing.save_address(profile=profile, address_type=SHIPPING, details=_details())
        assert refusal.value.limit == 50
        last = profile.addresses.first()
        assert last is not None
        billing.save_address(profile=profile, address_type=SHIPPING, details=_details(), address_id=last.pk)

    @pytest.mark.django_db(transaction=True)
    def test_four_defaults_saved_at_once_leave_one(self) -> None:
        profile = BillingProfileFactory.create()
        outcomes = at_once(
            *[
                lambda: billing.save_address(
                    profile=profile, address_type=SHIPPING, details=_details(), is_default=True
                )
            ]
            * 4
        )
        assert [type(outcome) for outcome in outcomes] == [Address] * 4
        assert sorted(is_default for _, _, is_default in _book(profile)) == [False, False, False, True]

    @pytest.mark.django_db(transaction=True)
    def test_control_without_the_lock_two_defaults_collide(self) -> None:
        profile = BillingProfileFactory.create()

        def save_unlocked() -> None:
            profile.addresses.filter(is_default=True).update(is_default=False)
            AddressFactory.create(billing_profile=profile, is_default=True)

        outcomes = [outcome for _ in range(10) for outcome in at_once(*[save_unlocked] * 4)]
        assert any(isinstance(outcome, IntegrityError) for outcome in outcomes)


class TestKeepAddress:
    def test_keeps_the_same_one_once(self) -> None:
        profile = BillingProfileFactory.create()
        AddressFactory.create()
        kept = [
            billing.keep_address(profile=profile, address_type=address_type, details=_details(name=name))
            for address_type, name in ((SHIPPING, "A"), (SHIPPING, " A"), (BILLING, "A"), (SHIPPING, "B"))
        ]
        assert kept[0] == kept[1]
        assert _book(profile) == [("billing", "A", True), ("shipping", "A", True), ("shipping", "B", False)]

    def test_names_the_field_that_cannot_be_used(self) -> None:
        with pytest.raises(InvalidInput) as refusal:
            billing.keep_address(
                profile=BillingProfileFactory.create(),
                address_type=SHIPPING,
                details=_details(country="XX"),
            )
        assert refusal.value.field == "country"
        assert Address.objects.count() == 0


class TestDeleteAddress:
    def test_takes_it_out_and_passes_the_default_on(self) -> None:
        profile = BillingProfileFactory.create()
        first, _, _ = (
            billing.save_address(profile=profile, address_type=SHIPPING, details=_details(name=name))
            for name in "ABC"
        )
        billing.delete_address(profile=profile, address_id=first.pk)
        assert _book(profile) == [("shipping", "B", False), ("shipping", "C", True)]

    def test_of_the_last_one_leaves_an_empty_book(self) -> None:
        address = AddressFactory.create(is_default=True)
        billing.delete_address(profile=address.billing_profile, address_id=address.pk)
        assert Address.objects.count() == 0

    def test_in_somebody_elses_book_is_not_found(self) -> None:
        theirs = AddressFactory.create()
        with pytest.raises(NotFound):
            billing.delete_address(profile=BillingProfileFactory.create(), address_id=theirs.pk)
        assert Address.objects.get() == theirs


class TestForgetting:
    MONTH = timedelta(days=30)

    def _forget(self) -> int:
        with clock.at(clock.now() + self.MONTH + timedelta(seconds=1)):
            return billing.forget_guests(older_than=self.MONTH)

    def test_idle_guests_go_with_their_books(self) -> None:
        GuestEmailFactory.create()
        AddressFactory.create()
        assert self._forget() == 2
        left = (GuestEmail.objects.count(), BillingProfile.objects.count(), Address.objects.count())
        assert left == (0, 0, 0)

    def test_who_has_a_cart_or_an_order_stays(self) -> None:
        cart = ready_cart(buyable())
        order = paid_order(Bought(variant=buyable()))
        assert self._forget() == 0
        kept = {cart.billing_profile_id, order.billing_profile_id}
        assert set(BillingProfile.objects.values_list("pk", flat=True)) == kept
        assert Address.objects.filter(billing_profile=cart.billing_profile).count() == 2

    def test_users_and_the_young_stay(self) -> None:
        user = UserFactory.create()
        AddressFactory.create(billing_profile=user.billing_profile)
        GuestEmailFactory.create()
        assert billing.forget_guests(older_than=self.MONTH) == 0
        assert self._forget() == 1
        assert (BillingProfile.objects.get().user, Address.objects.count()) == (user, 1)

    @pytest.mark.parametrize("guests", [1, 3])
    def test_any_number_costs_the_same(
        self, guests: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(guests):
            AddressFactory.create()
        with django_assert_num_queries(20):
            assert self._forget() == guests
