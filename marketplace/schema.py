"""Root: the merged schema. `schema.graphql` is its printed form (`manage.py print_schema`)."""

from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from marketplace.api import nodes
from marketplace.api.catalog import queries as catalog
from marketplace.api.execution import EXTENSIONS, Schema

Query = merge_types("Query", (nodes.Query, catalog.Query))

schema = Schema(
    query=Query,
    extensions=EXTENSIONS,
    config=StrawberryConfig(relay_max_results=100, disable_field_suggestions=True),
)
