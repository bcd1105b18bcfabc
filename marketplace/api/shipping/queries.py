"""Who sees how a vendor ships: its own people."""

from django.db.models import QuerySet

from checkout import models
from checkout.selectors.shipping import shipping_of
from marketplace.api.context import Info
from marketplace.api.nodes import visible


@visible("ShippingMethod")
def visible_methods(info: Info) -> "QuerySet[models.ShippingMethod]":
    return shipping_of(info.context.visitor, models.ShippingMethod)


@visible("ShippingProfile")
def visible_profiles(info: Info) -> "QuerySet[models.ShippingProfile]":
    return shipping_of(info.context.visitor, models.ShippingProfile)


@visible("ShippingZone")
def visible_zones(info: Info) -> "QuerySet[models.ShippingZone]":
    return shipping_of(info.context.visitor, models.ShippingZone)
