"""What the vendors app refuses."""

from dataclasses import dataclass

from marketplace.kernel.errors import Refusal


@dataclass(eq=False, kw_only=True)
class NotPermitted(Refusal):
    """You belong to this vendor, or to the staff, but your role does not include this."""

    text = "Your role does not let you do this ({permission})."
    permission: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class AlreadyMember(Refusal):
    """This person works for the vendor already; change the role instead."""

    text = "This person is a member already, as {role}."
    role: str
    field: str | None = "user"


@dataclass(eq=False, kw_only=True)
class LastOwner(Refusal):
    """A vendor keeps at least one owner; name another one first."""

    text = "The last owner of {vendor} stays its owner."
    vendor: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class NothingToAppeal(Refusal):
    """There is no decision of the platform that stands against the vendor, or it was appealed already."""

    text = "There is no decision to appeal."
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class WrongAddressee(Refusal):
    """The invitation went to another address than the one you sign in with."""

    text = "This invitation went to another e-mail address. Sign in with that one to accept it."
    field: str | None = "key"


@dataclass(eq=False, kw_only=True)
class SlugTaken(Refusal):
    """Another vendor bears this slug, or once bore it."""

    text = "The address {slug} is not free."
    slug: str
    field: str | None = "slug"


@dataclass(eq=False, kw_only=True)
class CurrencyFixed(Refusal):
    """The vendor has listings, so its currency stays what it is."""

    text = "A vendor with listings keeps its currency."
    field: str | None = "currency"


@dataclass(eq=False, kw_only=True)
class OnboardingIncomplete(Refusal):
    """Steps of the checklist are not done, or wait to be checked."""

    text = "The checklist is not complete: {missing}."
    missing: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class TermsNotAccepted(Refusal):
    """The vendor has yet to accept the present terms of the platform."""

    text = "Please accept version {version} of the terms first."
    version: int
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class OpenObligations(Refusal):
    """The vendor still owes or is owed something, so it cannot be closed."""

    text = "The vendor cannot be closed: there is still {what}."
    what: str
    field: str | None = None
