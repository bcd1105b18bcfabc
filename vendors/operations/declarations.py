"""What a vendor declares to the platform and its buyers: who it is, and its policies."""

from dataclasses import asdict, dataclass

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.locking import lock_one
from marketplace.kernel.mailbox import normalized
from marketplace.kernel.places import COUNTRIES
from marketplace.kernel.texts import line, prose
from vendors.models import PolicyKind, TraderDetails, Vendor, VendorPolicy
from vendors.operations.profile import refuse_unknown


@dataclass(frozen=True, kw_only=True)
class Trader:
    """Who stands behind a vendor, as it was typed; what is not known yet is empty."""

    legal_name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    register_number: str = ""
    tax_number: str = ""


def save_trader_details(*, vendor: Vendor, trader: Trader, is_attested: bool, actor: User) -> TraderDetails:
    """Keep who stands behind the vendor; `is_attested` says that all of it is true, once it is complete.

    Locks the vendor. Raises InvalidInput, also for an attestation of what is incomplete. Audited without the
    values, which are personal.
    """
    columns = _checked(trader)
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        details = TraderDetails.objects.filter(vendor=vendor).first() or TraderDetails(vendor=vendor)
        changed = [name for name, value in columns.items() if getattr(details, name) != value]
        for name in changed:
            setattr(details, name, columns[name])
        if changed or is_attested:
            details.attested_at = details.attested_by = None
        if is_attested:
            if details.missing:
                raise InvalidInput(field=_camel(details.missing[0]), reason="This must not be empty.")
            details.attested_at, details.attested_by = clock.now(), actor
        details.save()
        audit.record(
            actor=actor,
            action="vendors.trader_details_saved",
            subject=vendor,
            after={"changed": changed, "attested": is_attested},
        )
    return details


def publish_policy(*, vendor: Vendor, kind: PolicyKind, text: str, actor: User | None) -> VendorPolicy:
    """Sell under other words from now on, as the next version; the same words again are no new version.

    Locks the vendor. Raises InvalidInput. Audited.
    """
    text = prose(text, field="text", longest=20_000, shortest=1)
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        last = VendorPolicy.objects.filter(vendor=vendor, kind=kind).order_by("version").last()
        if last is not None and last.text == text:
            return last
        version = 1 if last is None else last.version + 1
        policy = VendorPolicy.objects.create(
            vendor=vendor, kind=kind, version=version, text=text, published_by=actor
        )
        audit.record(
            actor=actor,
            action="vendors.policy_published",
            subject=vendor,
            after={"kind": kind.value, "version": version},
        )
    return policy


def _checked(trader: Trader) -> dict[str, str]:
    longest = {
        field.name: field.max_length or 0
        for field in TraderDetails._meta.fields
        if field.name in asdict(trader)
    }
    columns = {
        name: line(value, field=_camel(name), longest=longest[name], shortest=0)
        for name, value in asdict(trader).items()
    }
    if columns["country"]:
        refuse_unknown(columns["country"], COUNTRIES, field="country", kind="an ISO 3166-1 country code")
    if columns["email"]:
        columns["email"] = normalized(columns["email"])
    return columns


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
