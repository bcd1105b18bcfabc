"""Who may read what somebody waits for: that somebody."""

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.alerts.types import ProductAlertType
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.community import models
from marketplace.community.selectors.alerts import alerts_of


@visible("ProductAlert")
def visible_alerts(info: Info) -> "QuerySet[models.ProductAlert]":
    user = info.context.user
    return models.ProductAlert.objects.none() if user is None else alerts_of(user)


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.connection(ProductAlertType, description="What you wait for, the last first.")
    def product_alerts(self, info: Info) -> "QuerySet[models.ProductAlert]":
        return visible_alerts(info)
