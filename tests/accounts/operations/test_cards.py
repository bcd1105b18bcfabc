"""Cards that buyers keep: once, their own, and only what a receipt shows."""

import pytest

from marketplace.accounts.errors import CardNotKept, PaymentsSilent
from marketplace.accounts.models import BillingProfile, CardSetup, PaymentCustomer, PaymentMethod
from marketplace.accounts.operations import cards
from marketplace.accounts.selectors import cards_of
from marketplace.gateway import registry
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox.wallets import customers
from marketplace.kernel.errors import NotFound
from tests.factories.accounts import UserFactory
from tests.support.payments import ASKS_BUYER, DECLINED, kept_card, receive_all, tell_card
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
    cards.settle_setup(provider="sandbox", ref="seti_unknown")
    cards.sync_customer(provider="sandbox", ref="cus_unknown")
    assert not PaymentMethod.objects.exists()


def test_who_has_left_leaves_no_card_behind() -> None:
    user = UserFactory.create()
    method, waiting = kept_card(user), cards.start_card(user=user)
    for _ in range(2):
        cards.forget_cards(user_id=user.pk)
    provider = registry.default()
    assert provider.get_card(method.ref).customer_ref is None
    with pytest.raises(ProviderRefused):
        provider.get_customer(method.customer.ref)
    assert tell_card(waiting.ref, waiting.client_secret).status_code == 409
    assert set(receive_all()) <= {Receipt.APPLIED, Receipt.IGNORED}
    assert not any(kind.objects.exists() for kind in (PaymentCustomer, PaymentMethod, CardSetup))


def test_who_leaves_while_the_provider_is_asked_leaves_nothing_there() -> None:
    profile = UserFactory.create().billing_profile
    BillingProfile.objects.filter(pk=profile.pk).update(is_active=False)
    with pytest.raises(PaymentsSilent):
        cards.ensure_customer(profile)
    assert not PaymentCustomer.objects.exists()
    assert not customers().exists()


def test_whom_the_provider_has_forgotten_is_another_customer_next_time() -> None:
    user = UserFactory.create()
    first = kept_card(user).customer.ref
    cards.sync_customer(provider="sandbox", ref=first)
    assert cards_of(user).exists()
    registry.default().delete_customer(first, key="cusx:elsewhere:v1")
    assert set(receive_all()) <= {Receipt.APPLIED, Receipt.IGNORED}
    assert not cards_of(user).exists()
    assert kept_card(user).customer.ref != first


def test_a_card_that_was_taken_off_before_its_webhook_came_stays_off() -> None:
    user = UserFactory.create()
    cards.delete_card(user=user, method_id=kept_card(user).pk)
    assert set(receive_all()) <= {Receipt.APPLIED, Receipt.IGNORED}
    assert not cards_of(user).exists()


def test_what_was_the_default_before_becomes_it_again_with_the_provider_too() -> None:
    user = UserFactory.create()
    first, second = kept_card(user), kept_card(user)
    for chosen in (first, second, first):
        cards.make_default_card(user=user, method_id=chosen.pk)
    assert registry.default().get_customer(first.customer.ref).default_card_ref == first.ref


def test_a_key_is_that_of_its_customer() -> None:
    ada, eve = UserFactory.create_batch(2)
    first = cards.start_card(user=ada, idempotency_key="k")
    assert cards.start_card(user=eve, idempotency_key="k").customer_id != first.customer_id


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_customer() -> None:
    profile = UserFactory.create().billing_profile
    first, second = at_once(*[lambda: cards.ensure_customer(profile).ref] * 2)
    assert first == second == PaymentCustomer.objects.get().ref
