"""A draft as the rule it would be; what it refuses is in operations/test_rules.py."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payouts.drafting import Draft, as_rule
from payouts.models import CommissionRule
from payouts.rulebook import told
from tests.factories.catalog import ProductFactory
from tests.factories.rules import rule_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
def test_a_draft_is_the_rule_that_it_would_be(count: int) -> None:
    products = ProductFactory.create_batch(count)
    draft = Draft(
        name="Rule",
        products=tuple(product.pk for product in products),
        categories=tuple(product.category_id for product in products),
        vendors=tuple(product.vendor_id for product in products),
    )
    with CaptureQueriesContext(connection) as statements:
        found = as_rule(draft, key=7)
    assert len(statements) == 3
    rule_of(
        *products,
        *(each.category for each in products),
        *(each.vendor for each in products),
        pk=7,
        position=100,
    )
    assert [found] == told(CommissionRule.objects.all())
