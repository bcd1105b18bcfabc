"""Keys to the API for a vendor's own programs: made, revoked, seen in use.

A key never does more than its maker may at that moment (selectors.visitor_of_key), so a change of roles needs
no reaction here; who leaves takes their keys along (members.py).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.rates import Rule
from vendors.errors import NotPermitted
from vendors.events import ApiKeyMade
from vendors.models import (
    KeyVisitor,
    Vendor,
    VendorApiKey,
    VendorUserObjectPermission,
    digest_of,
    new_secret,
)
from vendors.permissions import FOR_PEOPLE_ONLY, VendorPermission

# Counted by the API before it calls: a limit commits by itself, so no operation inside a transaction can ask.
MAKE_BY_USER: Final = Rule(name="vendor_key_by_user", limit=30, period=timedelta(hours=1))
LONGEST_NAME: Final = 80
# How exact "last used" is: a write for each request would be dearer than the answer is worth.
SEEN_EVERY: Final = timedelta(minutes=1)


def create_key(
    *,
    vendor: Vendor,
    name: str,
    permissions: Collection[VendorPermission],
    actor: User,
    expires_at: datetime | None = None,
) -> tuple[VendorApiKey, str]:
    """Make a key; the second value is the key itself, which is kept nowhere and never told again.

    Locks the vendor, so that nobody gives what is taken from them at the same moment. Raises InvalidInput,
    NotFound for who does not work for the vendor, NotPermitted for a permission the actor lacks. Publishes
    ApiKeyMade, which tells the owners by mail; audited.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput(field="name", reason=f"A name has 1 to {LONGEST_NAME} characters.")
    wanted = frozenset(permissions)
    if not wanted:
        raise InvalidInput(field="permissions", reason="Say what the key may do.")
    if wanted & FOR_PEOPLE_ONLY:
        reason = f"No key may do this: {min(wanted & FOR_PEOPLE_ONLY)}."
        raise InvalidInput(field="permissions", reason=reason)
    if expires_at is not None and expires_at <= clock.now():
        raise InvalidInput(field="expiresAt", reason="A key ends after it begins.")
    handle, secret = new_secret()
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        _refuse_beyond(actor, vendor, wanted)
        key = VendorApiKey.objects.create(
            vendor=vendor,
            name=name,
            handle=handle,
            digest=digest_of(secret),
            permissions=sorted(wanted),
            created_by=actor,
            expires_at=expires_at,
        )
        facts = {"key": key.pk, "permissions": sorted(wanted), "expires_at": expires_at}
        audit.record(actor=actor, action="vendors.api_key_made", subject=vendor, after=facts)
        publish(ApiKeyMade(key_id=key.pk))
    return key, secret


def revoke_key(*, key: VendorApiKey, actor: User) -> VendorApiKey:
    """End a key for good; the next request that brings it is refused. Does nothing to one that has ended so.

    Locks the vendor. Audited.
    """
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=key.vendor_id))
        alive = VendorApiKey.objects.filter(pk=key.pk, revoked_at=None)
        if alive.update(revoked_at=clock.now(), revoked_by=actor):
            audit.record(
                actor=actor, action="vendors.api_key_revoked", subject=vendor, before={"key": key.pk}
            )
    key.refresh_from_db()
    return key


def see_key(visitor: KeyVisitor) -> None:
    """Note that a key is in use, every SEEN_EVERY at most: one statement then, else none."""
    now = clock.now()
    if visitor.last_used_at is not None and now - visitor.last_used_at < SEEN_EVERY:
        return
    # Of many requests at once one writes.
    unseen = Q(last_used_at=None) | Q(last_used_at__lte=now - SEEN_EVERY)
    VendorApiKey.objects.filter(unseen, pk=visitor.key.pk).update(last_used_at=now)


def _refuse_beyond(actor: User, vendor: Vendor, wanted: frozenset[VendorPermission]) -> None:
    granted = VendorUserObjectPermission.objects.filter(user=actor, content_object=vendor)
    held = frozenset(granted.values_list("permission__codename", flat=True))
    if not held:
        raise NotFound(thing="vendor", field="vendor")
    if wanted - held:
        raise NotPermitted(permission=min(wanted - held), field="permissions")
