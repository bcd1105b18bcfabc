"""Who sees what became of a part by its id: who sees the part."""

from django.db.models import QuerySet

from checkout import models
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.orders.queries import visible_vendor_orders


@visible("Fulfillment")
def visible_parcels(info: Info) -> "QuerySet[models.Fulfillment]":
    return models.Fulfillment.objects.filter(vendor_order__in=visible_vendor_orders(info))


@visible("Refund")
def visible_refunds(info: Info) -> "QuerySet[models.Refund]":
    return models.Refund.objects.filter(vendor_order__in=visible_vendor_orders(info))


@visible("Return")
def visible_returns(info: Info) -> "QuerySet[models.Return]":
    return models.Return.objects.filter(vendor_order__in=visible_vendor_orders(info))


@visible("OrderCase")
def visible_cases(info: Info) -> "QuerySet[models.OrderCase]":
    return models.OrderCase.objects.filter(vendor_order__in=visible_vendor_orders(info))


@visible("CaseMessage")
def visible_messages(info: Info) -> "QuerySet[models.CaseMessage]":
    return models.CaseMessage.objects.filter(case__in=visible_cases(info))
