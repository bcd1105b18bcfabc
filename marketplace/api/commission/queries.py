"""What the platform's staff may read of rules of commission, and try."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.commission.inputs import CommissionSimulationInput, draft_of
from marketplace.api.commission.types import CommissionRuleType, CommissionSimulation
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.nodes import visible
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import InvalidInput, NotFound
from payouts import models, selectors
from payouts.permissions import VIEW_RULES


@visible("CommissionRule")
def visible_rules(info: Info) -> "QuerySet[models.CommissionRule]":
    may = info.context.staff_who_may(VIEW_RULES)
    return models.CommissionRule.objects.all() if may else models.CommissionRule.objects.none()


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        CommissionRuleType,
        description="The rules of commission, by their positions; those put away are left out.",
        is_guarded=True,
    )
    def commission_rules(self, info: Info) -> "QuerySet[models.CommissionRule]":
        info.context.demand_staff(VIEW_RULES)
        return selectors.commission_rules()

    @fields.field(description="What a rule of commission would change, before it is saved.")
    def commission_simulation(
        self, info: Info, input: Annotated[CommissionSimulationInput, INPUT]
    ) -> CommissionSimulation | None:
        info.context.demand_staff(VIEW_RULES)
        key = None if input.rule is None else decode_key(input.rule, "CommissionRule", field="rule")
        if key is None and input.terms is None:
            raise InvalidInput(field="terms", reason="Say what shall be, or which rule is put away.")
        if key is not None and not selectors.commission_rules().filter(pk=key).exists():
            raise NotFound(thing="rule", field="rule")
        draft = None if input.terms is None else draft_of(input.terms)
        return CommissionSimulation.of(selectors.simulated(draft, replaced=key))
