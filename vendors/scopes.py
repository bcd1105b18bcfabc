"""Whose matter an entry of the audit table is: a vendor's, or nobody's in particular."""

from django.db.models import Model

from vendors.models import Vendor


def scope_of(subject: Model) -> str:
    """The scope of the vendor that a thing is or belongs to: `vendor:12`; empty for all else.

    What has a foreign key of the name `vendor` belongs to one. A statement where the row was read without it.
    """
    key = subject.pk if isinstance(subject, Vendor) else getattr(subject, "vendor_id", None)
    return "" if key is None else scope_of_vendor(key)


def scope_of_vendor(key: int) -> str:
    """The scope of the vendor with this key."""
    return f"vendor:{key}"
