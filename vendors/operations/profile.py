"""What a vendor says about itself."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db import transaction

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.mailbox import normalized
from marketplace.kernel.places import COUNTRIES, CURRENCIES, timezones
from marketplace.kernel.texts import line, prose
from vendors.events import VendorRenamed
from vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A vendor's own description, checked."""

    name: str
    email: str
    country: str
    currency: str
    timezone: str
    about: str

    @classmethod
    def checked(
        cls,
        *,
        name: str,
        email: str,
        country: str,
        currency: str,
        timezone: str = "UTC",
        about: str = "",
    ) -> "Profile":
        """Trim what was typed. Raises InvalidInput naming what cannot be used."""
        refuse_unknown(country, COUNTRIES, field="country", kind="an ISO 3166-1 country code")
        refuse_unknown(currency, CURRENCIES, field="currency", kind="an ISO 4217 currency code")
        refuse_unknown(timezone, timezones(), field="timezone", kind="an IANA time zone")
        return cls(
            name=line(name, field="name", longest=120),
            email=normalized(email),
            country=country,
            currency=currency,
            timezone=timezone,
            about=prose(about, field="about", longest=4000),
        )

    @property
    def columns(self) -> dict[str, str]:
        """The values by the names of their columns."""
        return asdict(self)


def update_profile(
    *,
    vendor: Vendor,
    name: str | None = None,
    email: str | None = None,
    about: str | None = None,
    timezone: str | None = None,
) -> Vendor:
    """Change what the vendor says about itself; what is None stays.

    Locks the vendor. Raises InvalidInput. Publishes VendorRenamed if the name is another one.
    """
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        profile = Profile.checked(
            name=_or(name, vendor.name),
            email=_or(email, vendor.email),
            country=vendor.country,
            currency=vendor.currency,
            timezone=_or(timezone, vendor.timezone),
            about=_or(about, vendor.about),
        )
        is_renamed = vendor.name != profile.name
        for column, value in profile.columns.items():
            setattr(vendor, column, value)
        vendor.save(update_fields=[*profile.columns, "updated_at"])
        if is_renamed:
            publish(VendorRenamed(vendor_id=vendor.pk))
    return vendor


def refuse_unknown(value: str, known: Collection[str], *, field: str, kind: str) -> None:
    """Raise InvalidInput for a value that is none of the known ones."""
    if value not in known:
        raise InvalidInput(field=field, reason=f"This is not {kind}.")


def _or(given: str | None, kept: str) -> str:
    return kept if given is None else given
