"""What happens to vendors, for whoever stands above: frozen ids, published inside the transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VendorApplied:
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
    vendor_id: int


@dataclass(frozen=True)
class VendorRenamed:
    """The name that buyers search by is another one."""

    vendor_id: int


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
