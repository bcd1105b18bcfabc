"""What the catalogue says will come of a decision about a vendor (vendors/outlook.py)."""

from collections.abc import Iterator

from catalog.models import Product, ProductStatus
from vendors.models import Vendor, VendorStatus
from vendors.outlook import counted


def outlook(vendor: Vendor, to: VendorStatus) -> Iterator[str]:
    """How many listings buyers see or do not see after it."""
    published = Product.objects.for_vendor(vendor).filter(status=ProductStatus.PUBLISHED).count()
    if to == VendorStatus.SUSPENDED:
        yield f"{counted(published, 'published listing')} will not be seen by buyers."
    elif to == VendorStatus.APPROVED:
        yield f"{counted(published, 'published listing')} can be seen and bought from then on."
