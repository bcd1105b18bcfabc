"""What the platform's staff read of the audit log."""

from datetime import datetime
from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.audit.types import AuditEntryType
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.scalars import decode_key
from marketplace.kernel.models import AuditEntry
from vendors import selectors
from vendors.permissions import VIEW_AUDIT, VendorPermission
from vendors.scopes import scope_of_vendor


@visible("AuditEntry")
def visible_entries(info: Info) -> "QuerySet[AuditEntry]":
    if info.context.staff_who_may(VIEW_AUDIT):
        return selectors.whole_log()
    mine = selectors.vendors_of(info.context.visitor, VendorPermission.MANAGE_MEMBERS)
    return selectors.log_of_vendors(*mine.values_list("pk", flat=True))


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(AuditEntryType, description="Who did what, newest first.", is_guarded=True)
    def audit_log(
        self,
        info: Info,
        *,
        vendor: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only what is this VendorAccount's.")
        ] = None,
        action: Annotated[
            str | None, strawberry.argument(description="Only this, such as `vendors.member_removed`.")
        ] = None,
        since: Annotated[datetime | None, strawberry.argument(description="Only from then on.")] = None,
        until: Annotated[datetime | None, strawberry.argument(description="Only before then.")] = None,
    ) -> "QuerySet[AuditEntry]":
        info.context.demand_staff(VIEW_AUDIT)
        rows = selectors.whole_log()
        if vendor is not None:
            rows = rows.filter(scope=scope_of_vendor(decode_key(vendor, "VendorAccount", field="vendor")))
        if action is not None:
            rows = rows.filter(action=action)
        if since is not None:
            rows = rows.filter(at__gte=since)
        return rows if until is None else rows.filter(at__lt=until)
