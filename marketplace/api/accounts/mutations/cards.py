"""The cards that buyers keep; a number goes from the browser to the payment provider and never comes here."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.accounts import selectors
from marketplace.accounts.errors import CardNotKept, PaymentsSilent, SignInRequired
from marketplace.accounts.models import PaymentMethod
from marketplace.accounts.operations import cards
from marketplace.api import fields, rates
from marketplace.api.accounts.inputs import (
    DeleteCardInput,
    SaveCardInput,
    SetDefaultCardInput,
    StartCardInput,
)
from marketplace.api.accounts.types import CardSetupType, PaymentMethodNode
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RateLimited,
    RequestInProgress,
)


@strawberry.type(description="The provider waits for the card.")
class StartCardSuccess:
    setup: CardSetupType = strawberry.field(description="What your browser confirms with the provider.")


@strawberry.type(description="The card is kept.")
class SaveCardSuccess:
    row: strawberry.Private[PaymentMethod]

    @fields.field(PaymentMethodNode, description="The card.")
    def payment_method(self) -> PaymentMethod:
        return self.row


@strawberry.type(description="The card is off.")
class DeleteCardSuccess:
    @fields.connection(PaymentMethodNode, description="Those that you keep.")
    def payment_methods(self, info: Info) -> "QuerySet[PaymentMethod]":
        return selectors.cards_of(info.context.demand_user())


@strawberry.type(description="The card is the one to propose.")
class SetDefaultCardSuccess:
    row: strawberry.Private[PaymentMethod]

    @fields.field(PaymentMethodNode, description="The card.")
    def payment_method(self) -> PaymentMethod:
        return self.row


@strawberry.type
class Mutation:
    @fields.mutation(
        SignInRequired,
        RateLimited,
        PaymentsSilent,
        InvalidInput,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Begin to keep a card: your browser tells it to the provider by the client secret.",
    )
    def start_card(self, info: Info, input: Annotated[StartCardInput, INPUT]) -> StartCardSuccess:
        user = info.context.demand_user()
        rates.count_order(info)
        setup = cards.start_card(user=user, idempotency_key=input.idempotency_key)
        return StartCardSuccess(
            setup=CardSetupType(
                provider=setup.customer.provider,
                ref=setup.ref,
                client_secret=setup.client_secret,
                key=setup.pk,
            )
        )

    @fields.mutation(
        SignInRequired,
        NotFound,
        CardNotKept,
        PaymentsSilent,
        description="Keep the card, once your browser has told it to the provider. Again is no error.",
    )
    def save_card(self, info: Info, input: Annotated[SaveCardInput, INPUT]) -> SaveCardSuccess:
        setup = decode_key(input.setup, "CardSetup", field="setup")
        return SaveCardSuccess(row=cards.save_card(user=info.context.demand_user(), setup_id=setup))

    @fields.mutation(
        SignInRequired, NotFound, PaymentsSilent, description="Take a card off. Again is no error."
    )
    def delete_card(self, info: Info, input: Annotated[DeleteCardInput, INPUT]) -> DeleteCardSuccess:
        cards.delete_card(user=info.context.demand_user(), method_id=_key(input.payment_method))
        return DeleteCardSuccess()

    @fields.mutation(SignInRequired, NotFound, PaymentsSilent, description="Choose which card is proposed.")
    def set_default_card(
        self, info: Info, input: Annotated[SetDefaultCardInput, INPUT]
    ) -> SetDefaultCardSuccess:
        method = cards.make_default_card(
            user=info.context.demand_user(), method_id=_key(input.payment_method)
        )
        return SetDefaultCardSuccess(row=method)


def _key(identifier: strawberry.ID) -> int:
    return decode_key(identifier, "PaymentMethod", field="paymentMethod")
