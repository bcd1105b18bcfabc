"""What the platform does to rules of commission; a row each, like those in rows.py."""

from typing import Final

from tests.tenancy.acts import Act, Ref, by_staff

RULE_ACTS: Final[list[Act]] = [
    by_staff(
        "saveCommissionRule",
        rule=Ref("commission_rule"),
        terms={"name": "Rule", "rate": "10", "isForEverything": True},
        idempotencyKey="the-same-for-all",
    ),
    by_staff("deleteCommissionRule", rule=Ref("commission_rule"), idempotencyKey="the-same-for-all"),
]
