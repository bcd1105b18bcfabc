"""What everybody holds at the sandbox: rows that are added up, one for each movement."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, Sum

from marketplace.gateway.models import SandboxBalanceTransaction, SandboxPlatform
from marketplace.gateway.models.sandbox import Movement
from marketplace.gateway.provider import ProviderBalance, ProviderRefused
from marketplace.gateway.sandbox.rows import reference
from marketplace.kernel import clock
from marketplace.kernel.locking import lock_one
from marketplace.kernel.money import Money, basis_points

PLATFORM = ""  # the holder that is no connected account


def post(
    kind: Movement,
    *,
    amount: Money,
    source_ref: str,
    holder: str = PLATFORM,
    fee_minor: int = 0,
    available_at: datetime | None = None,
) -> str:
    """Write down a movement; what goes away is less than nothing. Returns its reference."""
    return SandboxBalanceTransaction.objects.create(
        ref=reference("txn"),
        account_ref=holder,
        kind=kind,
        amount_minor=amount.minor,
        fee_minor=fee_minor,
        currency=amount.currency,
        available_at=available_at or clock.now(),
        source_ref=source_ref,
    ).ref


def terms() -> SandboxPlatform:
    """The terms that hold now."""
    return SandboxPlatform.objects.first() or SandboxPlatform(pk=1)


def fee_of(amount: Money, held: SandboxPlatform) -> int:
    """What the sandbox keeps of a charge under these terms, in minor units."""
    return basis_points(amount.minor, held.fee_bps) + held.fee_minor


def balance(holder: str = PLATFORM) -> ProviderBalance:
    """What somebody holds, by currency; without those of which there is nothing."""
    now = clock.now()
    net = F("amount_minor") - F("fee_minor")
    sums = list(
        SandboxBalanceTransaction.objects.filter(account_ref=holder)
        .values_list("currency")
        .annotate(
            available=Sum(net, filter=Q(available_at__lte=now), default=0),
            pending=Sum(net, filter=Q(available_at__gt=now), default=0),
        )
        .order_by("currency")
    )
    return ProviderBalance(
        available=[Money(available, currency) for currency, available, _ in sums if available],
        pending=[Money(pending, currency) for currency, _, pending in sums if pending],
    )


def available(currency: str, *, holder: str = PLATFORM) -> int:
    """What somebody may use now, in minor units."""
    return _in(currency, balance(holder).available)


def held(currency: str, *, holder: str) -> int:
    """What somebody holds in all, in minor units."""
    sums = balance(holder)
    return _in(currency, [*sums.available, *sums.pending])


def hold_platform() -> None:
    """Let nobody else spend the platform's balance until the transaction ends. Locks: the platform's row."""
    SandboxPlatform.objects.get_or_create(pk=1)
    lock_one(SandboxPlatform.objects.filter(pk=1))


def insufficient(amount: Money) -> ProviderRefused:
    """The refusal for what is not there."""
    return ProviderRefused("balance_insufficient", f"The balance does not hold {amount.minor} minor units.")


def _in(currency: str, amounts: Iterable[Money]) -> int:
    return sum(each.minor for each in amounts if each.currency == currency)
