"""What a change of a vendor asks of the catalogue."""

from catalog.models import Product
from vendors.errors import CurrencyFixed
from vendors.events import VendorCurrencyChanged


def refuse_other_currency(event: VendorCurrencyChanged) -> None:
    """Keep the currency of a vendor that has listings; a reaction in the transaction of the change.

    What was sold was listed, and prices are not converted. Raises CurrencyFixed.
    """
    if Product.objects.filter(vendor=event.vendor_id).exists():
        raise CurrencyFixed
