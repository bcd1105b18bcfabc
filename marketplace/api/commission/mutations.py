"""What the platform's staff may do to rules of commission."""

from typing import Annotated

import strawberry

from marketplace.api import fields
from marketplace.api.commission.inputs import DeleteCommissionRuleInput, SaveCommissionRuleInput, draft_of
from marketplace.api.commission.types import CommissionRuleType, CommissionWarning
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequestInProgress,
    TransitionNotAllowed,
)
from payouts.models import CommissionRule
from payouts.operations import rules
from payouts.permissions import CHANGE_RULES
from vendors.errors import NotPermitted


@strawberry.type(description="The rule as it is now.")
class CommissionRuleSuccess:
    row: strawberry.Private[CommissionRule]
    warnings: list[CommissionWarning] = strawberry.field(description="What to think of about it.")

    @fields.field(CommissionRuleType, description="The rule as it is now.")
    def rule(self, info: Info) -> CommissionRule:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        InvalidInput,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Platform: make a rule of commission, or change one. What was sold stays as it was.",
    )
    def save_commission_rule(
        self, info: Info, input: Annotated[SaveCommissionRuleInput, INPUT]
    ) -> CommissionRuleSuccess:
        actor = info.context.demand_staff(CHANGE_RULES)
        row, warnings = rules.save_commission_rule(
            draft=draft_of(input.terms),
            actor=actor,
            rule_id=None if input.rule is None else decode_key(input.rule, "CommissionRule", field="rule"),
            idempotency_key=input.idempotency_key,
        )
        return CommissionRuleSuccess(row=row, warnings=[CommissionWarning.of(each) for each in warnings])

    @fields.mutation(
        NotFound,
        NotPermitted,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Platform: put a rule of commission away for good; it stays with what it decided.",
    )
    def delete_commission_rule(
        self, info: Info, input: Annotated[DeleteCommissionRuleInput, INPUT]
    ) -> CommissionRuleSuccess:
        actor = info.context.demand_staff(CHANGE_RULES)
        key = decode_key(input.rule, "CommissionRule", field="rule")
        row = rules.delete_commission_rule(rule_id=key, actor=actor, idempotency_key=input.idempotency_key)
        return CommissionRuleSuccess(row=row, warnings=[])
