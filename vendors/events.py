"""What happens to vendors, for whoever stands above: frozen ids, published inside the transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VendorApplied:
    """A vendor began its application, by itself or by accepting the platform's invitation."""

    vendor_id: int


@dataclass(frozen=True)
class VendorSubmitted:
    """The application waits for a decision."""

    vendor_id: int


@dataclass(frozen=True)
class VendorApproved:
    vendor_id: int


@dataclass(frozen=True)
class VendorRejected:
    vendor_id: int


@dataclass(frozen=True)
class VendorSuspended:
    vendor_id: int


@dataclass(frozen=True)
class VendorReinstated:
    vendor_id: int


@dataclass(frozen=True)
class VendorClosed:
    """A vendor ends for good; whoever knows of something still open refuses it in the same transaction."""

    vendor_id: int


@dataclass(frozen=True)
class DecisionAppealed:
    appeal_id: int


@dataclass(frozen=True)
class AppealAnswered:
    appeal_id: int


@dataclass(frozen=True)
class VendorRenamed:
    """The name that buyers search by is another one."""

    vendor_id: int


@dataclass(frozen=True)
class VendorCurrencyChanged:
    """The vendor would sell in another currency; who knows of prices in the old one refuses it."""

    vendor_id: int


@dataclass(frozen=True)
class MemberInvited:
    """Somebody was asked to work for a vendor; it carries no address, for it is written into the queue."""

    invitation_id: int


@dataclass(frozen=True)
class MemberAdded:
    vendor_id: int
    user_id: int


@dataclass(frozen=True)
class MemberRoleChanged:
    vendor_id: int
    user_id: int


@dataclass(frozen=True)
class MemberRemoved:
    vendor_id: int
    user_id: int


@dataclass(frozen=True)
class ApiKeyMade:
    """A program of the vendor's was given a key; the event carries nothing of the secret."""

    key_id: int
