"""The audit log as the platform's staff and a vendor's own people read it."""

from datetime import datetime

import strawberry
import strawberry_django
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.vendors.types import demand
from marketplace.kernel import audit
from marketplace.kernel.models import AuditEntry
from vendors import selectors
from vendors.models import Vendor
from vendors.permissions import VendorPermission


@strawberry.type(name="AuditChange", description="A value before and after.")
class AuditChangeType:
    """The shape of `kernel.audit.Change` outside."""

    name: str = strawberry.field(description="What was changed.")
    before: str | None = strawberry.field(description="What it was; null where nothing is told.")
    after: str | None = strawberry.field(description="What it became; null where nothing is told.")


@strawberry_django.type(
    AuditEntry, name="AuditEntry", description="Who did what to which thing, when and why."
)
class AuditEntryType(Node):
    at: datetime = fields.attribute(description="When.")
    action: str = fields.attribute(description="What was done, such as `vendors.member_removed`.")
    subject: str = fields.attribute(
        description="What it was done to, such as `vendors.VendorMember 7`.",
        only=["subject_type", "subject_id"],
    )
    reason: str = fields.attribute(description="Why, in a word; empty where nobody said.")
    note: str = fields.attribute(description="Why, in a sentence; empty where nobody said.")

    @fields.field(description="Who: an e-mail address, `the platform`, `the system`, or `somebody else`.")
    @staticmethod
    def actor(root: strawberry.Parent[AuditEntry]) -> str:
        return str(root.actor_name)  # type: ignore[attr-defined]  # annotated by the selector

    @fields.field(
        description="Whether a program did it, with an API key that the actor had made.", only=["key_id"]
    )
    @staticmethod
    def is_by_key(root: strawberry.Parent[AuditEntry]) -> bool:
        return root.key_id is not None

    @fields.field(list[AuditChangeType], description="What was changed.", only=["before", "after"])
    @staticmethod
    def changes(root: strawberry.Parent[AuditEntry]) -> list[audit.Change]:
        return audit.changes(root)


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        AuditEntryType,
        description="What was done to the vendor and to all that is its own, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def audit_log(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[AuditEntry]":
        demand(VendorPermission.MANAGE_MEMBERS, root, info)
        return selectors.log_of_vendors(root.pk)
