"""What a vendor says about itself."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.mailbox import normalized
from marketplace.kernel.places import COUNTRIES, CURRENCIES, timezones
from marketplace.kernel.slugs import is_slug
from marketplace.kernel.texts import line, prose
from vendors.errors import SlugTaken
from vendors.events import VendorCurrencyChanged, VendorRenamed
from vendors.models import Vendor

LONGEST_SLUG: Final = 80
MOST_HANDLING_DAYS: Final = 60


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
    country: str | None = None,
    currency: str | None = None,
    timezone: str | None = None,
    handling_days: int | None = None,
) -> Vendor:
    """Change what the vendor says about itself; what is None stays.

    Locks the vendor. Raises InvalidInput, CurrencyFixed for another currency of a vendor with listings.
    Publishes VendorRenamed if the name is another one, VendorCurrencyChanged if the currency is.
    """
    if handling_days is not None and not 0 <= handling_days <= MOST_HANDLING_DAYS:
        raise InvalidInput(field="handlingDays", reason=f"This must be from 0 to {MOST_HANDLING_DAYS}.")
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        profile = Profile.checked(
            name=_or(name, vendor.name),
            email=_or(email, vendor.email),
            country=_or(country, vendor.country),
            currency=_or(currency, vendor.currency),
            timezone=_or(timezone, vendor.timezone),
            about=_or(about, vendor.about),
        )
        is_renamed, is_repriced = vendor.name != profile.name, vendor.currency != profile.currency
        if handling_days is not None:
            vendor.handling_days = handling_days
        for column, value in profile.columns.items():
            setattr(vendor, column, value)
        vendor.save(update_fields=[*profile.columns, "handling_days", "updated_at"])
        if is_renamed:
            publish(VendorRenamed(vendor_id=vendor.pk))
        if is_repriced:
            publish(VendorCurrencyChanged(vendor_id=vendor.pk))
    return vendor


def change_slug(*, vendor: Vendor, slug: str, actor: User | None) -> Vendor:
    """Give the vendor another address; the old ones go on leading to it, and nobody else gets them.

    Locks the vendor. Raises InvalidInput, SlugTaken. Audited.
    """
    if slugify(slug) != slug or not is_slug(slug) or len(slug) > LONGEST_SLUG:
        raise InvalidInput(field="slug", reason="Lower-case letters, digits and hyphens, 80 at most.")
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        before, vendor.slug = vendor.slug, slug
        try:
            with transaction.atomic():
                vendor.save(update_fields=["slug", "updated_at"])
        except IntegrityError as fault:
            raise SlugTaken(slug=slug) from fault
        audit.record(
            actor=actor,
            action="vendors.slug_changed",
            subject=vendor,
            before={"slug": before},
            after={"slug": slug},
        )
    return vendor


def refuse_unknown(value: str, known: Collection[str], *, field: str, kind: str) -> None:
    """Raise InvalidInput for a value that is none of the known ones."""
    if value not in known:
        raise InvalidInput(field=field, reason=f"This is not {kind}.")


def _or(given: str | None, kept: str) -> str:
    return kept if given is None else given
