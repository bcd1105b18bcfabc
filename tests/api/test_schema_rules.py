"""The 25 conventions of the schema, each asked of every type, field and argument there is."""

import re
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLType,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
)

from marketplace.schema import schema as strawberry_schema

SCHEMA = strawberry_schema._schema
TYPES = [
    kind
    for kind in SCHEMA.type_map.values()
    if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
]
OBJECTS = [kind for kind in TYPES if isinstance(kind, GraphQLObjectType)]
COMPOSITES = [kind for kind in TYPES if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]
INPUTS = [kind for kind in TYPES if isinstance(kind, GraphQLInputObjectType)]
ENUMS = [kind for kind in TYPES if isinstance(kind, GraphQLEnumType)]
CONNECTIONS = [kind for kind in OBJECTS if kind.name.endswith("Connection")]
EDGES = [kind for kind in OBJECTS if kind.name.endswith("Edge")]
NODE = SCHEMA.type_map["Node"]
ERROR = SCHEMA.type_map["Error"]
ROOTS = {"Query", "Mutation"}
# What is below these is guarded by roles, and null for who lacks one.
GUARDED = {"VendorAccount", "Platform", "Viewer"}
PAGING = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
MONEYS = re.compile(
    r"(price|amount|total|subtotal|tax|discount|fee|balance|gross|net|refunds?|commission|shipping)$",
    re.IGNORECASE,
)
COUNTS = re.compile(r"(Count|totalCount)$")
VERB_FIRST = re.compile(
    r"^(add|adjust|answer|appeal|apply|approve|archive|accept|cancel|change|close|confirm|contact|create|decline|delete|deliver|duplicate|exchange|"
    r"export|fulfill|import|invite|log|move|open|place|receive|record|refresh|refund|reinstate|reject|release|remove|reorder|reply|report|request|reset|resend|restore|retry|"
    r"review|revoke|run|save|schedule|select|set|share|sign|start|submit|subscribe|suspend|transfer|unsubscribe|update|upload|"
    r"verify|vote|withdraw)([A-Z]|$)"
)


def fields(*kinds: GraphQLNamedType) -> Iterator[tuple[str, GraphQLField]]:
    for kind in kinds or COMPOSITES:
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())


def arguments() -> Iterator[tuple[str, GraphQLArgument]]:
    for place, field in fields():
        yield from ((f"{place}({name})", argument) for name, argument in field.args.items())


def input_fields() -> Iterator[tuple[str, GraphQLInputField]]:
    for kind in INPUTS:
        yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())


def input_places() -> Iterator[tuple[str, Any]]:
    yield from arguments()
    yield from input_fields()


def everything() -> Iterator[tuple[str, Any]]:
    yield from fields()
    yield from arguments()
    yield from input_fields()


def mutations() -> dict[str, GraphQLField]:
    assert SCHEMA.mutation_type is not None
    return dict(SCHEMA.mutation_type.fields)


def capitalized(name: str) -> str:
    return name[0].upper() + name[1:]


def is_node(kind: GraphQLNamedType) -> bool:
    return kind is NODE or (isinstance(kind, GraphQLObjectType) and NODE in kind.interfaces)


def lists_of(kind: GraphQLType) -> Iterator["GraphQLList[GraphQLType]"]:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        if isinstance(kind, GraphQLList):
            yield kind
        kind = kind.of_type


def test_01_node_and_nodes_are_the_doors() -> None:
    query = SCHEMA.query_type
    assert query is not None
    assert str(query.fields["node"].type) == "Node"
    assert {name: str(each.type) for name, each in query.fields["node"].args.items()} == {"id": "ID!"}
    assert str(query.fields["nodes"].type) == "[Node]!"
    assert {name: str(each.type) for name, each in query.fields["nodes"].args.items()} == {"ids": "[ID!]!"}


def test_02_every_node_has_an_id() -> None:
    assert {kind.name: str(kind.fields["id"].type) for kind in COMPOSITES if is_node(kind)} == {
        kind.name: "ID!" for kind in COMPOSITES if is_node(kind)
    }


def test_03_no_bare_list_of_nodes() -> None:
    bare = {
        place
        for place, field in fields()
        if any(lists_of(field.type)) and is_node(get_named_type(field.type))
    }
    assert bare == {"Query.nodes"}


def test_04_connections_page_both_ways() -> None:
    wrong = {
        place
        for place, field in fields()
        if get_named_type(field.type) in CONNECTIONS
        and {name: str(field.args[name].type) for name in PAGING if name in field.args} != PAGING
    }
    assert wrong == set()


def test_05_connections_have_edges_and_page_info() -> None:
    shapes = {
        kind.name: (str(kind.fields["edges"].type), str(kind.fields["pageInfo"].type)) for kind in CONNECTIONS
    }
    own = {kind.name: f"[{kind.name.removesuffix('Connection')}Edge!]!" for kind in CONNECTIONS}
    # The same products in another order have the same edges.
    own["RankedProductConnection"] = "[ProductEdge!]!"
    assert shapes == {name: (edge, "PageInfo!") for name, edge in own.items()}


def test_06_edges_have_a_node_and_a_cursor() -> None:
    shapes = {
        kind.name: (is_node(get_named_type(kind.fields["node"].type)), str(kind.fields["cursor"].type))
        for kind in EDGES
    }
    assert shapes == {kind.name: (True, "String!") for kind in EDGES}


def test_07_page_info_has_its_four_fields() -> None:
    kind = SCHEMA.type_map["PageInfo"]
    assert isinstance(kind, GraphQLObjectType)
    assert {name: str(field.type) for name, field in kind.fields.items()} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_08_connections_are_not_null_but_where_a_role_guards_them() -> None:
    nullable = {
        place
        for place, field in fields()
        if get_named_type(field.type) in CONNECTIONS and not isinstance(field.type, GraphQLNonNull)
    }
    assert {place for place in nullable if place.split(".")[0] not in GUARDED} == set()


def test_09_a_mutation_takes_one_input() -> None:
    shapes = {
        name: {key: str(each.type) for key, each in field.args.items()} for name, field in mutations().items()
    }
    assert shapes == {name: {"input": f"{capitalized(name)}Input!"} for name in mutations()}


def test_10_an_input_type_belongs_to_one_mutation() -> None:
    used = [str(field.args["input"].type) for field in mutations().values()]
    assert len(used) == len(set(used))


def test_11_a_mutation_has_a_result_union_of_its_own() -> None:
    kinds = {name: get_named_type(field.type) for name, field in mutations().items()}
    assert {name: kind.name for name, kind in kinds.items()} == {
        name: f"{capitalized(name)}Result" for name in kinds
    }
    assert {name for name, kind in kinds.items() if not isinstance(kind, GraphQLUnionType)} == set()


def test_12_every_outcome_is_one_success_or_typed_errors() -> None:
    wrong = {}
    for name, field in mutations().items():
        union = get_named_type(field.type)
        assert isinstance(union, GraphQLUnionType)
        successes = [kind.name for kind in union.types if ERROR not in kind.interfaces]
        errors = [kind.name for kind in union.types if ERROR in kind.interfaces]
        if len(successes) != 1 or not errors:
            wrong[name] = (successes, errors)
    assert wrong == {}


def test_13_error_types_say_what_why_and_where() -> None:
    errors = [kind for kind in OBJECTS if ERROR in kind.interfaces]
    assert [kind.name for kind in OBJECTS if kind.name.endswith("Error") != (kind in errors)] == []
    shape = {"code": "ErrorCode!", "message": "String!", "field": "String"}
    for kind in [ERROR, *errors]:
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        assert {name: str(kind.fields[name].type) for name in shape} == shape
    assert isinstance(SCHEMA.type_map["ErrorCode"], GraphQLEnumType)


def test_14_types_are_described() -> None:
    assert [kind.name for kind in TYPES if not kind.description] == []


def test_15_fields_are_described() -> None:
    assert [place for place, field in fields() if not field.description] == []


def test_16_arguments_and_input_fields_are_described() -> None:
    undescribed = [place for place, argument in arguments() if not argument.description]
    undescribed += [place for place, field in input_fields() if not field.description]
    assert undescribed == []


def test_17_enum_values_are_described_and_in_capitals() -> None:
    values = {f"{kind.name}.{name}": value for kind in ENUMS for name, value in kind.values.items()}
    assert [place for place, value in values.items() if not value.description] == []
    assert [place for place in values if not re.fullmatch(r"\w+\.[A-Z][A-Z0-9_]*", place)] == []


def test_18_types_are_pascal_case_and_fields_camel_case() -> None:
    assert [kind.name for kind in TYPES if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", kind.name)] == []
    places = [place for place, _ in everything() if "(" not in place]
    assert [place for place in places if not re.fullmatch(r"\w+\.[a-z][A-Za-z0-9]*", place)] == []
    names = [re.findall(r"\((\w+)\)", place)[0] for place, _ in arguments()]
    assert [name for name in names if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []


def test_19_deprecations_say_why() -> None:
    values = ((f"{kind.name}.{name}", value) for kind in ENUMS for name, value in kind.values.items())
    reasons = {place: each.deprecation_reason for place, each in (*everything(), *values)}
    assert [place for place, reason in reasons.items() if reason is not None and len(reason) < 10] == []


def test_20_money_is_money() -> None:
    numbers = {"Int", "Float", "Decimal"}
    wrong = [
        place
        for place, field in fields()
        if MONEYS.search(place)
        and get_named_type(field.type).name in numbers
        and place != "Money.amount"
        and not COUNTS.search(place)
    ]
    assert wrong == []
    assert [place for place, field in fields() if get_named_type(field.type).name == "Float"] == []


def test_21_times_are_times() -> None:
    kinds = {place: get_named_type(field.type).name for place, field in everything()}
    assert {place for place, kind in kinds.items() if place.endswith("At") and kind != "DateTime"} == set()
    assert {place for place, kind in kinds.items() if place.endswith("On") and kind != "Date"} == set()


def test_22_objects_are_returned_not_their_ids() -> None:
    assert [place for place, _ in fields() if re.search(r"[a-z]Ids?$", place)] == []
    assert [
        place
        for place, field in fields()
        if get_named_type(field.type).name == "ID" and not place.endswith(".id")
    ] == []


def test_23_ids_in_inputs_are_ids() -> None:
    wrong = [
        place
        for place, each in input_places()
        if re.search(r"(\.|\(|[a-z]I|^)ids?\)?$", place, re.IGNORECASE)
        and re.search(r"([a-z]Ids?|[.(]ids?)\)?$", place)
        and get_named_type(each.type).name != "ID"
    ]
    assert wrong == []


def test_24_list_items_are_not_null() -> None:
    nullable = {
        place
        for place, each in everything()
        if any(not isinstance(found.of_type, GraphQLNonNull) for found in lists_of(each.type))
    }
    assert nullable == {"Query.nodes"}


def test_25_everything_is_reachable_and_mutations_begin_with_a_verb() -> None:
    assert [name for name in mutations() if not VERB_FIRST.match(name)] == []
    reached: set[GraphQLNamedType] = set()
    waiting = [kind for kind in (SCHEMA.query_type, SCHEMA.mutation_type) if kind]  # type: list[GraphQLNamedType]
    while waiting:
        kind = waiting.pop()
        if kind in reached:
            continue
        reached.add(kind)
        waiting += below(kind)
    assert sorted(kind.name for kind in TYPES if kind not in reached) == []


def below(kind: GraphQLNamedType) -> list[GraphQLNamedType]:
    """The types a type leads to; an interface leads to what implements it."""
    found: list[GraphQLNamedType] = []
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        found += [get_named_type(field.type) for field in kind.fields.values()]
        found += [get_named_type(each.type) for field in kind.fields.values() for each in field.args.values()]
        found += kind.interfaces
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        found += SCHEMA.get_possible_types(kind)
    if isinstance(kind, GraphQLInputObjectType):
        found += [get_named_type(field.type) for field in kind.fields.values()]
    return found


def test_scalars_are_few() -> None:
    names = {kind.name for kind in TYPES if isinstance(kind, GraphQLScalarType)}
    assert names <= {"Date", "DateTime", "Decimal", "JSON", "Upload"}
