"""What may be read of accounts: one's own. How one signs in, no member of the staff sees who looks as one."""

import strawberry
from django.db.models import QuerySet
from django.middleware.csrf import get_token

from marketplace.accounts import factors, selectors
from marketplace.accounts.factors import Factor
from marketplace.accounts.models import Address, DataExport, PaymentMethod, User, UserSession
from marketplace.api import fields
from marketplace.api.accounts.types import (
    AddressNode,
    DataExportType,
    PaymentMethodNode,
    SecondFactorType,
    SessionNode,
    UserType,
)
from marketplace.api.context import Info
from marketplace.api.nodes import visible


@visible("User")
def visible_users(info: Info) -> "QuerySet[User]":
    user = info.context.user
    return User.objects.filter(pk=user.pk) if user else User.objects.none()


@visible("Address")
def visible_addresses(info: Info) -> "QuerySet[Address]":
    user = info.context.user
    return selectors.addresses_of(user) if user else Address.objects.none()


@visible("PaymentMethod")
def visible_cards(info: Info) -> "QuerySet[PaymentMethod]":
    user = info.context.user
    return selectors.cards_of(user) if user and not info.context.viewing else PaymentMethod.objects.none()


@visible("Session")
def visible_sessions(info: Info) -> "QuerySet[UserSession]":
    user = info.context.user
    return selectors.sessions_of(user) if user and not info.context.viewing else UserSession.objects.none()


@strawberry.type
class Query:
    @fields.field(
        description="The token to send in the header X-CSRFToken with every request that brings a cookie; "
        "signing in changes it."
    )
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.field(UserType, description="You.")
    def user(self, info: Info) -> User:
        return info.context.demand_user()

    @fields.connection(AddressNode, description="Your address book: defaults first, then what changed last.")
    def addresses(self, info: Info) -> "QuerySet[Address]":
        return selectors.addresses_of(info.context.demand_user())

    @fields.connection(
        PaymentMethodNode,
        description="The cards that the provider keeps for you: the default first.",
    )
    def payment_methods(self, info: Info) -> "QuerySet[PaymentMethod]":
        info.context.demand_user()
        return visible_cards(info)

    @fields.connection(SessionNode, description="Where you are signed in, the last seen first.")
    def sessions(self, info: Info) -> "QuerySet[UserSession]":
        info.context.demand_user()
        return visible_sessions(info)

    @fields.field(list[SecondFactorType], description="What signing in asks for beside the password.")
    def second_factors(self, info: Info) -> list[Factor]:
        user = info.context.demand_user()
        return [] if info.context.viewing else factors.factors_of(user)

    @fields.field(description="How many recovery codes you have not used.")
    def recovery_codes_left(self, info: Info) -> int:
        user = info.context.demand_user()
        return 0 if info.context.viewing else factors.recovery_codes_left(user)

    @fields.field(
        DataExportType | None,
        description="What requestDataExport gathered, for a week; null where nothing was asked for.",
    )
    def data_export(self, info: Info) -> DataExport | None:
        user = info.context.demand_user()
        return None if info.context.viewing else DataExport.objects.filter(user=user).first()
