"""Documents that ask everything a field can tell, written from the schema itself."""

from collections.abc import Mapping
from typing import Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from marketplace.api.scalars import encode_id
from marketplace.schema import schema as strawberry_schema

SCHEMA: Final = strawberry_schema._schema  # the schema as graphql-core knows it
# What a field needs to be asked at all, wherever it is met.
SPAN: Final = 'from: "2020-01-01", to: "2030-01-01"'
NEEDED: Final[Mapping[str, str]] = {
    "VendorAccount.income": f"(by: YEAR, {SPAN})",
    "Query.searchSuggestions": '(text: "tea")',
    "VendorAccount.topProducts": f"({SPAN})",
    "VendorAccount.commissionFor": f'(product: "{encode_id("Product", 1)}")',
    "Platform.commissionSimulation": '(input: {terms: {name: "Rule", isForEverything: true}})',
    "Platform.simulatePromotion": '(input: {terms: {title: "Sale", kind: PERCENTAGE, rate: "10", '
    'isForEverything: true, isAutomatic: true, currency: "EUR"}})',
    "Platform.sales": f'(by: YEAR, {SPAN}, currency: "EUR")',
    "Platform.topProducts": f'({SPAN}, currency: "EUR")',
    "Platform.salesByCountry": f'({SPAN}, currency: "EUR")',
}
# What anybody may see: asked in full at its own root, and only for itself where it is met elsewhere.
PUBLIC: Final = frozenset({"Product", "Variant", "Vendor", "Category", "Collection", "ProductImage"})
# What leads to a thing that is asked in full beside it: only its id and a word, so that documents stay short.
BRIEF: Final[Mapping[str, str]] = {
    "Payout.entries": "{ __typename totalCount }",
    "PayoutHold.vendor": "{ __typename id slug }",
    "VendorAccount.cases": "{ __typename edges { node { __typename id number } } }",
    "VendorAccount.disputes": "{ __typename edges { node { __typename id } } }",
    "VendorAccount.reviews": "{ __typename edges { node { __typename id stars } } }",
    "OrderLine.review": "{ __typename id stars }",
    "VendorBalance.byCurrency": "{ __typename currency whyNot }",
    "Income.totals": "{ __typename orders units }",
    "PayoutAccount.payouts": "{ __typename totalCount }",
    "VendorAccount.imports": "{ __typename edges { node { __typename id columns { header } } } }",
    "VendorAccount.returns": "{ __typename edges { node { __typename id number status } } }",
    "Statement.lines": "{ __typename component }",
    "OpenStatement.lines": "{ __typename component }",
    "Statement.entries": "{ __typename edges { node { __typename id kind } } }",
    "FulfillmentLine.orderLine": "{ __typename id title }",
    "RefundLine.orderLine": "{ __typename id title }",
    "ReturnLine.orderLine": "{ __typename id title }",
    "Return.refund": "{ __typename id status }",
    "ShippingRate.method": "{ __typename id name }",
    "Listing.changes": "{ __typename totalCount }",
    "Listing.pendingChange": "{ __typename id differences { after } }",
    "Listing.shippingProfile": "{ __typename id name }",
    "VendorOrder.transfers": "{ totalCount edges { node { __typename id number } } }",
}
DEPTH: Final = 12
# What stands in a document already: below this type the field is asked for its name only. Else a document of
# everything would be longer than any may be; by its id, the thing is asked in full.
NAMED_BELOW: Final[Mapping[str, str]] = {
    "LedgerEntry.vendorOrder": "VendorAccount",
    "VendorDispute.vendorOrder": "VendorAccount",
    "PayoutHold.vendorOrder": "VendorAccount",
}
# Down to where connections are asked for their pages; the cursors of edges say the same.
TOP: Final = 2


def composite(name: str) -> GraphQLObjectType:
    """An object type of the schema."""
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def everything(kind: GraphQLNamedType, *, above: tuple[str, ...] = ()) -> str:
    """A selection of all fields of a type, and of all below them, each type once on every way down."""
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    if kind.name in above or len(above) > DEPTH:
        return "{ __typename }"
    fields = kind.fields.items()
    if kind.name in PUBLIC and not _is_own_root(above):
        fields = {name: field for name, field in fields if is_leaf_type(get_named_type(field.type))}.items()
    chosen = (field_of(kind, name, field, above=(*above, kind.name)) for name, field in fields)
    return f"{{ __typename {' '.join(filter(None, chosen))} }}"


def _is_own_root(above: tuple[str, ...]) -> bool:
    """Whether nothing is above but the root, and the page of a list."""
    return not above or (above[0] == "Query" and len(above) <= len(("Query", "Connection", "Edge")))


def field_of(
    kind: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField, *, above: tuple[str, ...]
) -> str:
    """One field with everything below it; empty where it leads back to a type that is above it."""
    target = get_named_type(field.type)
    needed = [arg for arg, argument in field.args.items() if is_required_argument(argument)]
    arguments = NEEDED.get(f"{kind.name}.{name}", "")
    if needed and not arguments:
        return ""
    brief = BRIEF.get(f"{kind.name}.{name}", "")
    if brief or is_leaf_type(target):
        return f"{name}{arguments} {brief}"
    if target.name in above or (target.name == "PageInfo" and len(above) > TOP):
        return ""
    if "after" in field.args:
        arguments = arguments[:-1] + ", first: 5)" if arguments else "(first: 5)"
    if isinstance(target, GraphQLInterfaceType | GraphQLUnionType):
        return f"{name}{arguments} {{ __typename }}"
    if NAMED_BELOW.get(f"{kind.name}.{name}") in above:
        return f"{name}{arguments} {{ __typename id number }}"
    return f"{name}{arguments} {everything(target, above=above)}"


def root(path: str, *, argument: str = "") -> str:
    """A query of everything behind a root of reading such as "Viewer.orders"; `$it` is its one argument."""
    kind, name = path.split(".")
    field = composite(kind).fields[name]
    target = get_named_type(field.type)
    below = "" if is_leaf_type(target) else everything(target, above=(kind,))
    asked = NEEDED.get(path, "(first: 5)" if "after" in field.args else "")
    chosen = f"{name}({argument}: $it) {below}" if argument else f"{name}{asked} {below}"
    inner = chosen if kind == "Query" else f"{kind.lower()} {{ {chosen} }}"
    return f"query{'($it: String!)' if argument else ''} {{ {inner} }}"


def whole_mutation(name: str) -> str:
    """A mutation with its one input; what it answers, or its refusal."""
    field = composite("Mutation").fields[name]
    kind = get_named_type(field.args["input"].type).name
    union = get_named_type(field.type)
    assert isinstance(union, GraphQLUnionType)
    return (
        f"mutation($input: {kind}!) {{ {name}(input: $input) {{ __typename "
        "... on Error { code message field } } }"
    )
