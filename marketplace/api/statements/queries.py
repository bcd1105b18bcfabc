"""Which statements may be read, by their ids and as files."""

from django.db.models import QuerySet

from marketplace.api.context import Context, Info
from marketplace.api.nodes import visible
from payouts.models import Statement
from payouts.permissions import VIEW_STATEMENTS
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of


@visible("Statement")
def visible_statements(info: Info) -> "QuerySet[Statement]":
    return readable(info.context)


def readable(context: Context) -> "QuerySet[Statement]":
    """The statements of the vendors whose finances the visitor may see; of all, for staff that may."""
    if context.staff_who_may(VIEW_STATEMENTS):
        return Statement.objects.all()
    return Statement.objects.filter(vendor__in=vendors_of(context.visitor, VendorPermission.VIEW_FINANCES))
