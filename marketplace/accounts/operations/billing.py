"""Who pays and where it goes: guests, billing profiles and their address books."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.accounts.errors import AddressBookFull
from marketplace.accounts.models import Address, AddressType, BillingProfile, GuestEmail, User
from marketplace.kernel import clock, writes
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.mailbox import normalized
from marketplace.kernel.places import COUNTRIES
from marketplace.kernel.texts import line

GUEST = "guest_email_id"
PROFILE = "billing_profile_id"
MAX_ADDRESSES = 50


@dataclass(frozen=True, kw_only=True)
class AddressDetails:
    """A postal address as somebody typed it; `country` is an ISO 3166-1 alpha-2 code."""

    name: str
    line1: str
    line2: str = ""
    city: str
    state: str = ""
    postal_code: str = ""
    country: str
    phone: str = ""


def continue_as_guest(*, session: SessionBase, email: str) -> GuestEmail:
    """Buy without an account, under this address. The same address again keeps the guest of the session.

    Raises InvalidInput.
    """
    email = normalized(email)
    guest = _guest_of(session)
    if guest is None or guest.email != email:
        guest = GuestEmail.objects.create(email=email)
        session[GUEST] = guest.pk
    return guest


def guest_profile(*, session: SessionBase, email: str) -> BillingProfile:
    """The billing profile of the session's guest, under this address: that of `continue_as_guest`.

    Two statements for a guest who is new. Raises InvalidInput.
    """
    email = normalized(email)
    if GUEST in session:
        continue_as_guest(session=session, email=email)
        known, _ = profile_for(session=session, user=None)
        if known is not None:
            return known
    guest = GuestEmail(email=email)
    profile = BillingProfile(guest=guest, email=email)
    writes.number([guest, profile])
    for row in (guest, profile):
        writes.insert([row])
    session[GUEST], session[PROFILE] = guest.pk, profile.pk
    return profile


def forget_guest(session: SessionBase) -> None:
    """The session is nobody's guest any more; what the guest ordered stays the guest's."""
    session.pop(GUEST, None)


def forget_guests(*, older_than: timedelta) -> int:
    """Delete guests that old whom nothing needs: no cart, no order, nothing but an address book of their own.

    Their profiles and books go with them. Returns how many guests went. One that is put to use at this very
    moment stops the sweep, which leaves everything as it was: IntegrityError.
    """
    # Whoever refers to profiles stands above us; their tables are found, not named.
    unneeded = [
        ~Exists(QuerySet(relation.related_model).filter(**{relation.field.name: OuterRef("pk")}))
        for relation in BillingProfile._meta.related_objects
        if relation.related_model is not Address
    ]
    old = GuestEmail.objects.filter(created_at__lt=clock.now() - older_than)
    idle = BillingProfile.objects.filter(*unneeded, guest__in=old)
    with transaction.atomic():
        guests = list(
            old.filter(Q(billing_profile=None) | Q(billing_profile__in=idle)).values_list("pk", flat=True)
        )
        profiles = BillingProfile.objects.filter(guest__in=guests)
        Address.objects.filter(billing_profile__in=profiles).delete()
        profiles.delete()
        GuestEmail.objects.filter(pk__in=guests).delete()
    return len(guests)


def profile_for(*, session: SessionBase, user: User | None) -> tuple[BillingProfile | None, bool]:
    """The billing profile of the user, else of the session's guest, and whether it was made just now.

    (None, False) for somebody who is neither. The session's `billing_profile_id` follows: one that belonged
    to somebody else is replaced, and it is never what decides. Two calls at once make one profile.
    """
    profile, created = None, False
    if user is not None:
        profile, created = BillingProfile.objects.get_or_create(user=user, defaults={"email": user.email})
    elif (guest := _guest_of(session)) is not None:
        profile, created = BillingProfile.objects.get_or_create(guest=guest, defaults={"email": guest.email})
    if profile is None:
        session.pop(PROFILE, None)
    elif session.get(PROFILE) != profile.pk:
        session[PROFILE] = profile.pk
    return profile, created


def lock_profile(*, session: SessionBase, user: User | None) -> BillingProfile | None:
    """The same profile as `profile_for`, locked."""
    theirs = Q(user=user) if user is not None else Q(guest=session.get(GUEST))
    found = lock(BillingProfile.objects.filter(theirs)) if user is not None or GUEST in session else []
    if found and session.get(PROFILE) == found[0].pk:
        return found[0]
    profile, _ = profile_for(session=session, user=user)
    return None if profile is None else lock_one(BillingProfile.objects.filter(pk=profile.pk))


def save_address(
    *,
    profile: BillingProfile,
    address_type: AddressType,
    details: AddressDetails,
    address_id: int | None = None,
    is_default: bool = False,
) -> Address:
    """Add an address to the profile's book, or change the one named.

    Of each type that has addresses exactly one is the default: the first, until another is saved with
    `is_default`. Locks the profile. Raises InvalidInput, NotFound, AddressBookFull.
    """
    columns = _checked(details)
    with transaction.atomic():
        lock_one(BillingProfile.objects.filter(pk=profile.pk))
        address = _blank(profile) if address_id is None else _entry(profile, address_id)
        left_type = address.address_type
        if left_type != address_type:
            address.address_type, address.is_default = address_type, False
        for name, value in columns.items():
            setattr(address, name, value)
        address.save()
        _settle_default(profile, left_type)
        _settle_default(profile, address_type, preferred=address if is_default else None)
        address.refresh_from_db(fields=["is_default"])
    return address


class Book:
    """The address book of a profile that the caller holds locked, read once."""

    def __init__(self, profile: BillingProfile) -> None:
        self.profile = profile
        self.entries = list(profile.addresses.all())

    def find(self, address_id: int) -> Address | None:
        return next((entry for entry in self.entries if entry.pk == address_id), None)

    def keep(self, *, address_type: AddressType, details: AddressDetails) -> Address:
        """The entry that has these very details, else a new one; the first of its type is the default.

        So a form that is sent twice fills no book. Raises InvalidInput, AddressBookFull.
        """
        columns = _checked(details)
        alike = [entry for entry in self.entries if entry.address_type == address_type]
        for entry in alike:
            if all(getattr(entry, name) == value for name, value in columns.items()):
                return entry
        if len(self.entries) >= MAX_ADDRESSES:
            raise AddressBookFull(limit=MAX_ADDRESSES)
        fresh = Address(
            billing_profile=self.profile, address_type=address_type, is_default=not alike, **columns
        )
        fresh.save()
        self.entries.append(fresh)
        return fresh


def keep_address(*, profile: BillingProfile, address_type: AddressType, details: AddressDetails) -> Address:
    """The entry of the profile's book that has these very details, else a new one.

    Locks the profile. Raises InvalidInput, AddressBookFull.
    """
    with transaction.atomic():
        held = lock_one(BillingProfile.objects.filter(pk=profile.pk))
        return Book(held).keep(address_type=address_type, details=details)


def delete_address(*, profile: BillingProfile, address_id: int) -> None:
    """Take an address out of the profile's book; orders keep their copies.

    A default is followed by the entry that was changed last. Locks the profile. Raises NotFound.
    """
    with transaction.atomic():
        lock_one(BillingProfile.objects.filter(pk=profile.pk))
        address = _entry(profile, address_id)
        address.delete()
        _settle_default(profile, address.address_type)


def _guest_of(session: SessionBase) -> GuestEmail | None:
    guest_id = session.get(GUEST)
    return None if guest_id is None else GuestEmail.objects.filter(pk=guest_id).first()


def _checked(details: AddressDetails) -> Mapping[str, str]:
    """The columns of the address. Raises InvalidInput naming the input's field."""
    country = details.country.strip().upper()
    if country not in COUNTRIES:
        raise InvalidInput(field="country", reason="This is not the two-letter code of a country.")
    return {
        "name": line(details.name, field="name", longest=150),
        "line1": line(details.line1, field="line1", longest=200),
        "line2": line(details.line2, field="line2", longest=200, shortest=0),
        "city": line(details.city, field="city", longest=100),
        "state": line(details.state, field="state", longest=100, shortest=0),
        "postal_code": line(details.postal_code, field="postalCode", longest=20, shortest=0),
        "country": country,
        "phone": line(details.phone, field="phone", longest=32, shortest=0),
    }


def _blank(profile: BillingProfile) -> Address:
    if profile.addresses.count() >= MAX_ADDRESSES:
        raise AddressBookFull(limit=MAX_ADDRESSES)
    return Address(billing_profile=profile)


def _entry(profile: BillingProfile, address_id: int) -> Address:
    """The address, looked for in this book only."""
    address = profile.addresses.filter(pk=address_id).first()
    if address is None:
        raise NotFound(thing="address", field="address")
    return address


def _settle_default(profile: BillingProfile, address_type: str, *, preferred: Address | None = None) -> None:
    """Make the preferred address, else the present default, else the last changed one, the only default."""
    entries = profile.addresses.filter(address_type=address_type)
    default = preferred or entries.first()
    if default is not None:
        # Clearing comes first: the index allows one default at any moment, not only at commit.
        entries.exclude(pk=default.pk).filter(is_default=True).update(is_default=False)
        entries.filter(pk=default.pk, is_default=False).update(is_default=True)
