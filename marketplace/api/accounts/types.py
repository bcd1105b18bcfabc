"""Accounts as their owners see them; nobody else sees them here."""

import json
from datetime import datetime
from typing import cast

import strawberry
import strawberry_django
from strawberry.scalars import JSON

from marketplace.accounts import models
from marketplace.accounts.authentication import demand_recent_proof
from marketplace.accounts.factors import Factor, FactorKind
from marketplace.api import fields
from marketplace.api.accounts.inputs import ChallengePurpose
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock

enum_of(models.AddressType, description="What an address is for.")
enum_of(
    FactorKind,
    description="What a second factor is.",
    values={FactorKind.TOTP: "An app that shows codes.", FactorKind.PASSKEY: "A passkey, or a security key."},
)
enum_of(
    ChallengePurpose,
    description="What a passkey is asked for.",
    values={
        ChallengePurpose.SIGN_IN: "For confirmSecondFactor, after logIn.",
        ChallengePurpose.CONFIRM: "For confirmSignIn, by who is signed in.",
    },
)


@strawberry_django.type(models.User, name="User", description="You, as you sign in.")
class UserType(Node):
    email: str = fields.attribute(description="How you sign in, and where mail to you goes.")
    name: str = fields.attribute(description="What you are called.")


@strawberry_django.type(models.Address, name="Address", description="An entry of your address book.")
class AddressNode(Node):
    address_type: models.AddressType = fields.attribute(description="What it is for.")
    name: str = fields.attribute(description="Who lives or works there.")
    line1: str = fields.attribute(description="Street and number, or whatever names the place.")
    line2: str = fields.attribute(description="Floor, company, care of ...")
    city: str = fields.attribute(description="City, town or village.")
    state: str = fields.attribute(description="State, province or county, where mail needs it.")
    postal_code: str = fields.attribute(description="Postal code, where there is one.")
    country: str = fields.attribute(description="ISO 3166-1 alpha-2 code of the country.")
    phone: str = fields.attribute(description="For the carrier.")
    is_default: bool = fields.attribute(description="Whether it is the one to propose; one of each type is.")


@strawberry_django.type(
    models.PaymentMethod, name="PaymentMethod", description="A card that the payment provider keeps for you."
)
class PaymentMethodNode(Node):
    brand: str = fields.attribute(description="Who issued it, such as visa.")
    last4: str = fields.attribute(description="The last four digits of its number; no more is known here.")
    exp_month: int = fields.attribute(description="The last month it can be used in.")
    exp_year: int = fields.attribute(description="And the year of that.")
    is_default: bool = fields.attribute(description="Whether it is the one to propose.")
    ref: str = fields.attribute(
        description="How the provider calls it, for the browser to confirm a payment with; good for nobody "
        "but you."
    )

    @fields.field(description="Whether its date is past.", only=["exp_month", "exp_year"])
    def has_expired(self) -> bool:
        row = cast("models.PaymentMethod", self)  # strawberry-django binds rows to their types
        return row.has_expired(clock.now().date())


@strawberry.type(name="CardSetup", description="The keeping of a card, for your browser to carry out.")
class CardSetupType:
    provider: str = strawberry.field(description="Whose payments these are, such as stripe.")
    ref: str = strawberry.field(description="How the provider calls it.")
    client_secret: str = strawberry.field(
        description="What your browser confirms it with, at the provider; whoever knows it can."
    )
    key: strawberry.Private[int]

    @strawberry.field(description="Its id, for saveCard.")  # type: ignore[untyped-decorator]
    @staticmethod
    def id(root: strawberry.Parent["CardSetupType"]) -> strawberry.ID:
        return encode_id("CardSetup", root.key)


@strawberry_django.type(models.UserSession, name="Session", description="A browser you are signed in with.")
class SessionNode(Node):
    device: str = fields.attribute(description="Browser and system, as it calls itself.")
    network: str = fields.attribute(
        description="Where it was seen last: the part of its address that many share."
    )
    signed_in_at: datetime = fields.attribute(description="When you signed in there.", only=["created_at"])
    last_seen_at: datetime = fields.attribute(description="When it was last in use, to ten minutes or so.")

    @fields.field(description="Whether it is the one you ask with.", only=["session_key"])
    def is_current(self, info: Info) -> bool:
        row = cast("models.UserSession", self)  # strawberry-django binds rows to their types
        return row.session_key == info.context.session.session_key


@strawberry.type(name="SecondFactor", description="What signing in asks for beside the password.")
class SecondFactorType:
    kind: FactorKind = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="What you call it.")
    created_at: datetime = strawberry.field(description="When you set it up.")
    last_used_at: datetime | None = strawberry.field(description="When it was used last.")

    @strawberry.field(description="Its id, to remove it by.")  # type: ignore[untyped-decorator]
    @staticmethod
    def id(root: strawberry.Parent[Factor]) -> strawberry.ID:
        return encode_id("SecondFactor", root.id)


@strawberry_django.type(
    models.DataExport, name="DataExport", description="All that is kept about you, gathered when you asked."
)
class DataExportType:
    requested_at: datetime = fields.attribute(description="When you asked for it.")
    ready_at: datetime | None = fields.attribute(
        description="When it was gathered; null while it is not yet."
    )

    @fields.field(description="All of it, by kind; null while it is gathered. Asks for a recent sign-in.")
    def content(self, info: Info) -> JSON | None:
        row = cast("models.DataExport", self)  # strawberry-django binds rows to their types
        demand_recent_proof(info.context.request)
        return JSON(json.loads(row.content)) if row.ready_at else None
