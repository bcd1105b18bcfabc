"""What would come of a decision about a vendor, in sentences, before it is taken.

What apps above know of it, such as open orders and balances, they are asked by the functions that the setting
VENDOR_OUTLOOKS names: from the vendor and the state it would be in to sentences. None of them locks anything:
by the time of the decision it may be one more, and the operation has the last word.
"""

from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from vendors.models import Vendor, VendorMember, VendorStatus
from vendors.onboarding import APPROVABLE, checklist, lacking

Outlook = Callable[[Vendor, VendorStatus], Iterable[str]]


def outlook(vendor: Vendor, to: VendorStatus) -> Iterator[str]:
    """Sentences about the vendor's move to a state."""
    if to == VendorStatus.APPROVED and vendor.status == VendorStatus.UNDER_REVIEW:
        for state in lacking(checklist(vendor), APPROVABLE):
            yield f"Not done yet: {state.step.label.lower()} ({state.status.label.lower()})."
    for path in settings.VENDOR_OUTLOOKS:
        ask: Outlook = import_string(path)
        yield from ask(vendor, to)
    people = VendorMember.objects.filter(vendor=vendor).count()
    yield f"{counted(people, 'member')} of the vendor can read why, and a mail goes to {vendor.email}."


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
