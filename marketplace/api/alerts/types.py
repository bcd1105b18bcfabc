"""What somebody waits for."""

from datetime import datetime

import strawberry
import strawberry_django

from catalog.models import Product
from marketplace.api import fields
from marketplace.api.nodes import Node
from marketplace.api.reviews.types import PRODUCT, shown_of, shown_product
from marketplace.community import models


@strawberry_django.type(
    models.ProductAlert,
    name="ProductAlert",
    description="That you want mail when a product is back in stock, or costs less.",
)
class ProductAlertType(Node):
    is_for_stock: bool = fields.attribute(description="Whether you wait for it to be back.")
    is_for_price: bool = fields.attribute(description="Whether you wait for it to cost less.")
    asked_at: datetime = fields.attribute(description="Since when.")

    @fields.field(
        PRODUCT | None,
        description="For what; null while it is not for sale.",
        prefetch_related=[shown_product],
        only=["product_id"],
    )
    @staticmethod
    def product(root: strawberry.Parent[models.ProductAlert]) -> Product | None:
        return shown_of(root)
