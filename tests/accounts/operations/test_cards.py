"""Cards that buyers keep: once, their own, and only what a receipt shows."""

import pytest

from marketplace.accounts.errors import CardNotKept
from marketplace.accounts.models import CardSetup, PaymentCustomer, PaymentMethod
from marketplace.accounts.operations import cards
from marketplace.accounts.selectors import cards_of
from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.provider import ProviderRefused
from marketplace.kernel.errors import NotFound
from tests.factories.accounts import UserFactory
from tests.support.payments import ASKS_BUYER, DECLINED, kept_card, tell_card
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


def test_r24_a_billing_profile_is_one_customer() -> None:
    user = UserFactory.create(email="ada@example.com")
    first, again = (cards.ensure_customer(user.billing_profile) for _ in range(2))
    assert (first.pk, first.ref) == (again.pk, again.ref)
    known = registry.default().get_customer(first.ref)
    assert known.email == "ada@example.com"
    assert known.metadata["billing_profile"] == str(user.billing_profile.uuid)


def test_a_customer_that_was_made_and_not_noted_is_the_same_one_again() -> None:
    """As after a crash between the provider's answer and our note of it."""
    user = UserFactory.create()
    made = cards.ensure_customer(user.billing_profile).ref
    PaymentCustomer.objects.update(ref="")
    assert cards.ensure_customer(user.billing_profile).ref == made


def test_r40_of_a_card_only_what_a_receipt_shows_is_kept() -> None:
    user = UserFactory.create()
    method = kept_card(user)
    assert (method.brand, method.last4, method.exp_month, method.exp_year) == ("visa", "4242", 12, 2099)
    assert method.is_default
    columns = {field.attname for field in PaymentMethod._meta.concrete_fields}
    assert columns == {
        *("id", "customer_id", "uuid", "ref", "brand", "last4", "exp_month", "exp_year"),
        *("is_default", "created_at", "detached_at"),
    }


def test_saving_twice_keeps_one() -> None:
    user = UserFactory.create()
    setup = cards.start_card(user=user, idempotency_key="k")
    assert cards.start_card(user=user, idempotency_key="k").pk == setup.pk
    tell_card(setup.ref, setup.client_secret)
    first = cards.save_card(user=user, setup_id=setup.pk)
    cards.settle_setup(provider="sandbox", ref=setup.ref)
    assert cards.save_card(user=user, setup_id=setup.pk) == first
    assert PaymentMethod.objects.count() == 1


def test_nothing_is_kept_before_the_provider_has_it() -> None:
    user = UserFactory.create()
    setup = cards.start_card(user=user)
    with pytest.raises(CardNotKept, match="requires_method"):
        cards.save_card(user=user, setup_id=setup.pk)
    tell_card(setup.ref, setup.client_secret, ASKS_BUYER)
    with pytest.raises(CardNotKept, match="requires_action"):
        cards.save_card(user=user, setup_id=setup.pk)
    assert not PaymentMethod.objects.exists()


def test_a_card_that_the_bank_refuses_is_not_kept() -> None:
    user = UserFactory.create()
    setup = cards.start_card(user=user)
    tell_card(setup.ref, setup.client_secret, DECLINED)
    with pytest.raises(CardNotKept) as caught:
        cards.save_card(user=user, setup_id=setup.pk)
    assert caught.value.decline_code == "generic_decline"
    assert not PaymentMethod.objects.exists()


def test_33_another_users_card_and_setup_are_none() -> None:
    ada, eve = UserFactory.create_batch(2)
    method, setup = kept_card(ada), CardSetup.objects.get()
    kept_card(eve)
    with pytest.raises(NotFound):
        cards.save_card(user=eve, setup_id=setup.pk)
    for forbidden in (cards.delete_card, cards.make_default_card):
        with pytest.raises(NotFound):
            forbidden(user=eve, method_id=method.pk)
    assert registry.default().get_card(method.ref).customer_ref is not None
    assert method not in cards_of(eve)
    with pytest.raises(ProviderRefused):
        registry.default().set_default_card(
            PaymentCustomer.objects.get(billing_profile__user=eve).ref, method.ref, key="cusd:test:v1"
        )


def test_one_of_several_is_the_default_and_the_newest_follows_it() -> None:
    user = UserFactory.create()
    first, second, third = (kept_card(user) for _ in range(3))
    assert list(cards_of(user)) == [first, third, second]
    cards.make_default_card(user=user, method_id=second.pk)
    assert list(cards_of(user)) == [second, third, first]
    for _ in range(2):
        cards.delete_card(user=user, method_id=second.pk)
    assert [(card, card.is_default) for card in cards_of(user)] == [(third, True), (first, False)]
    assert registry.default().get_card(second.ref).customer_ref is None
    with pytest.raises(NotFound):
        cards.make_default_card(user=user, method_id=second.pk)


def test_a_card_that_went_elsewhere_goes_here_too() -> None:
    user = UserFactory.create()
    method = kept_card(user)
    registry.default().detach_card(method.ref, key="pmd:elsewhere:v1")
    for _ in range(2):
        cards.sync_card(provider="sandbox", ref=method.ref)
    assert not cards_of(user).exists()


def test_what_nobody_knows_is_no_ones() -> None:
    cards.sync_card(provider="sandbox", ref="pm_unknown")
    with pytest.raises(UnknownPayment):
        cards.settle_setup(provider="sandbox", ref="seti_unknown")
    assert not PaymentMethod.objects.exists()


def test_who_has_left_leaves_no_card_behind() -> None:
    user = UserFactory.create()
    ref = kept_card(user).ref
    for _ in range(2):
        cards.forget_cards(user_id=user.pk)
    assert registry.default().get_card(ref).customer_ref is None
    assert not PaymentMethod.objects.exists()
    assert not CardSetup.objects.exists()


def test_a_key_is_that_of_its_customer() -> None:
    ada, eve = UserFactory.create_batch(2)
    first = cards.start_card(user=ada, idempotency_key="k")
    assert cards.start_card(user=eve, idempotency_key="k").customer_id != first.customer_id


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_customer() -> None:
    profile = UserFactory.create().billing_profile
    first, second = at_once(*[lambda: cards.ensure_customer(profile).ref] * 2)
    assert first == second == PaymentCustomer.objects.get().ref
