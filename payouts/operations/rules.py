"""Rules of commission: made, changed and put away. What was sold stays as it was decided."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock
from payouts.drafting import Draft, as_rule, columns
from payouts.models import CommissionAmount, CommissionRule, RuleScope
from payouts.simulating import Warned, warnings_of

# Staff read them all, and simulate with them.
MOST_RULES: Final = 2_000
SAVED: Final = "payouts.commission_rule_saved"
DELETED: Final = "payouts.commission_rule_deleted"


def save_commission_rule(
    *, draft: Draft, actor: User, rule_id: int | None = None, idempotency_key: str | None = None
) -> tuple[CommissionRule, tuple[Warned, ...]]:
    """Make a rule, or let one be as the draft says; answers it, and what to think of about it.

    It decides about what is paid from now on; what was sold stays as it was decided. One that would be about
    nothing in particular without saying that it is about everything is refused.

    Locks the rule. Audited. Raises NotFound for a rule or for what it names, InvalidInput,
    TransitionNotAllowed for one that was put away, IdempotencyKeyReused, RequestInProgress.
    """
    wanted, named = columns(draft), as_rule(draft)
    with transaction.atomic():
        outcome = once(
            scope=f"saveCommissionRule:rule:{rule_id or 'new'}",
            key=idempotency_key,
            payload=asdict(draft),
            run=lambda: Outcome("saved", {"rule": _save(draft, wanted, actor, rule_id).pk}),
        )
    rule = CommissionRule.objects.get(pk=outcome.ids["rule"])
    return rule, warnings_of(replace(named, key=rule.pk))


def delete_commission_rule(
    *, rule_id: int, actor: User, idempotency_key: str | None = None
) -> CommissionRule:
    """Put a rule away for good; it stays with the commissions that it decided.

    Locks the rule. Audited. Raises NotFound, TransitionNotAllowed where it was put away before,
    IdempotencyKeyReused, RequestInProgress.
    """
    with transaction.atomic():
        once(
            scope=f"deleteCommissionRule:rule:{rule_id}",
            key=idempotency_key,
            payload={},
            run=lambda: Outcome("deleted", {"rule": _delete(rule_id, actor).pk}),
        )
    return CommissionRule.objects.get(pk=rule_id)


def _save(draft: Draft, wanted: Mapping[str, object], actor: User, rule_id: int | None) -> CommissionRule:
    rule = _new() if rule_id is None else _locked(rule_id, asked="saved")
    before = None if rule_id is None else _facts(rule)
    for name, value in wanted.items():
        setattr(rule, name, value)
    rule.save()
    rule.products.set(draft.products or ())
    rule.categories.set(draft.categories or ())
    rule.vendors.set(draft.vendors or ())
    rule.amounts.all().delete()
    CommissionAmount.objects.bulk_create(
        CommissionAmount(rule=rule, currency=currency, **asdict(each)) for currency, each in draft.amounts
    )
    after = _facts(rule)
    changed = {name for name, value in after.items() if before is None or before[name] != value}
    audit.record(
        actor=actor,
        action=SAVED,
        subject=rule,
        before=None if before is None else {name: before[name] for name in sorted(changed)},
        after={name: after[name] for name in sorted(changed)},
    )
    return rule


def _delete(rule_id: int, actor: User) -> CommissionRule:
    rule = _locked(rule_id, asked="deleted")
    rule.archived_at = clock.now()
    rule.save(update_fields=["archived_at"])
    audit.record(actor=actor, action=DELETED, subject=rule, before=_facts(rule))
    return rule


def _new() -> CommissionRule:
    if CommissionRule.objects.kept().count() >= MOST_RULES:
        raise InvalidInput(reason=f"There are {MOST_RULES:,} rules already: delete some.")
    return CommissionRule()


def _locked(rule_id: int, *, asked: str) -> CommissionRule:
    rows = lock(CommissionRule.objects.filter(pk=rule_id))
    if not rows:
        raise NotFound(thing="rule", field="rule")
    if rows[0].archived_at is not None:
        raise TransitionNotAllowed(thing="rule", current="deleted", asked=asked)
    return rows[0]


# What the record tells of a rule, beside what it names and takes.
TOLD: Final = (
    "name",
    "position",
    "is_active",
    "starts_at",
    "ends_at",
    "is_for_everything",
    "scopes",
    "price_from_minor",
    "price_to_minor",
    "price_currency",
    "rate_bps",
    "tax_bps",
)


def _facts(rule: CommissionRule) -> dict[str, object]:
    """A rule as the record holds it. Four statements."""
    told = {name: getattr(rule, name) for name in TOLD}
    return {
        **{name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()},
        **{
            scope.value: sorted(getattr(rule, scope.value).values_list("pk", flat=True))
            for scope in RuleScope
            if scope != RuleScope.PRICES
        },
        "amounts": list(rule.amounts.values("currency", "fixed_minor", "floor_minor", "cap_minor")),
    }
