"""What the vendors app refuses."""

from dataclasses import dataclass

from marketplace.kernel.errors import Refusal


@dataclass(eq=False, kw_only=True)
class NotPermitted(Refusal):
    """You belong to this vendor, but your role does not include this."""

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
