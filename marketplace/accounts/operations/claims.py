"""What guests bought becomes visible to the user who has shown that the guests' address is theirs."""

from django.db import transaction

from marketplace.accounts import authentication
from marketplace.accounts.models import BillingProfile, User
from marketplace.kernel import audit
from marketplace.kernel.locking import lock


def claim_guest_purchases(*, user: User) -> int:
    """Claim the billing profiles of the user's verified address that are nobody's; returns how many.

    What was bought with them is shown to the user from then on. Their address books, and whatever is to be
    paid with, stay the guests': who can read a mailbox need not be who lives there. An address nobody has
    shown to be theirs claims nothing. Again, it finds what came since. Locks the profiles.
    """
    if not authentication.has_verified_email(user):
        return 0
    unclaimed = BillingProfile.objects.filter(email=user.email, user=None, claimed_by=None)
    with transaction.atomic(), audit.gathered():
        found = lock(unclaimed)
        BillingProfile.objects.filter(pk__in=[profile.pk for profile in found]).update(claimed_by=user)
        for profile in found:
            audit.record(
                actor=user,
                action="accounts.purchases_claimed",
                subject=profile,
                after={"claimed_by": user.pk},
            )
    return len(found)
