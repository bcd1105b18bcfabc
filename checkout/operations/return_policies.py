"""How a vendor takes things back."""

from django.conf import settings
from django.db import transaction

from checkout.models import MOST_RESTOCKING_BPS, MOST_RETURN_DAYS, ReturnPolicy
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one
from vendors.models import Vendor


def save_return_policy(*, vendor: Vendor, days: int, restocking_bps: int, actor: User | None) -> ReturnPolicy:
    """Take things back for so many days from now on, and keep so much of what nobody is at fault for.

    What was ordered stays under the terms it was ordered under. The same again changes nothing.
    Locks the vendor. Audited. Raises InvalidInput outside of the bounds.
    """
    least = settings.LEAST_RETURN_DAYS
    if not least <= days <= MOST_RETURN_DAYS:
        raise InvalidInput(field="days", reason=f"This must be from {least} to {MOST_RETURN_DAYS}.")
    if not 0 <= restocking_bps <= MOST_RESTOCKING_BPS:
        most = MOST_RESTOCKING_BPS // 100
        raise InvalidInput(field="restockingRate", reason=f"This must be from 0 to {most}.")
    wanted = {"days": days, "restocking_bps": restocking_bps}
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        policy = ReturnPolicy.objects.filter(vendor=vendor).first()
        before = None
        if policy is not None:
            before = {"days": policy.days, "restocking_bps": policy.restocking_bps}
            if before == wanted:
                return policy
        policy = policy or ReturnPolicy(vendor=vendor)
        policy.days, policy.restocking_bps = days, restocking_bps
        policy.save()
        action = "checkout.return_policy_saved"
        audit.record(actor=actor, action=action, subject=policy, before=before, after=wanted)
    return policy
