"""What one request may ask, measured before validation in one linear walk.

Every fragment is measured once and its figures reused wherever it is spread, so a chain of fragments that
doubles at each step costs its length, not two to its length. The figures count what the server would execute,
fragments expanded; they may grow astronomically and stay plain integers.

Cost: an object 2, a leaf 1; a connection multiplies what is below it by `first` or `last` (the default page
where neither is given) divided by 5, rounded up, at least 1.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

from marketplace.api.errors import RequestError

BODY_BYTES = 100 * 1024
PAGE = 20
LARGEST_PAGE = 100

# The code of the refusal and the figure beyond which it is given.
LIMITS = {
    "TOO_MANY_TOKENS": 2_000,
    "TOO_DEEP": 16,
    "TOO_MANY_ALIASES": 30,
    "TOO_MANY_ROOT_FIELDS": 20,
    "TOO_MANY_DIRECTIVES": 30,
    "TOO_MANY_DIRECTIVES_AT_ONE_PLACE": 4,
    "TOO_MANY_OPERATIONS": 10,
    "FIELD_REPEATED_TOO_OFTEN": 5,
    "PAGE_TOO_LARGE": LARGEST_PAGE,
    "TOO_EXPENSIVE": 5_000,
}
# Selections and spreads in each other, introspection included: beyond it the walk itself would not be safe.
NESTING = 64
PAGE_SIZES_ARE = frozenset({"first", "last"})
INTROSPECTION = frozenset({"__schema", "__type"})


def refuse_above(code: str, found: int) -> None:
    """Raise RequestError when the figure passes the limit of this name.

    The figure itself is not told: with fragments expanded it may have thousands of digits.
    """
    limit = LIMITS[code]
    if found > limit:
        words = code.removeprefix("TOO_").removeprefix("MANY_").lower().replace("_", " ")
        raise RequestError(code, f"The limit is {limit} ({words}).", limit=limit)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a selection asks, fragments expanded; `width` counts its own fields, not those below them."""

    depth: int = 0
    width: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0

    def beside(self, other: "Figures") -> "Figures":
        """Both, on one level."""
        return Figures(
            max(self.depth, other.depth),
            self.width + other.width,
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.cost + other.cost,
        )


NOTHING = Figures()


class Meter:
    """Measures one operation of a document; raises RequestError at the first limit it passes."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema = schema
        self.document = document
        self.variables = variables
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.measured: dict[str, Figures] = {}
        self.being_measured: set[str] = set()
        self.introspects = False

    def measure(self, operation_name: str | None, *, may_introspect: bool) -> int:
        """The cost of the operation; 0 where the document has no such operation, which execution refuses."""
        operations = [node for node in self.document.definitions if isinstance(node, OperationDefinitionNode)]
        refuse_above("TOO_MANY_OPERATIONS", len(operations))
        operation = next(
            (
                node
                for node in operations
                if not operation_name or (node.name and node.name.value == operation_name)
            ),
            None,
        )
        if operation is None:
            return 0
        self.variables = {**_defaults(operation), **self.variables}
        figures = self._selections(operation.selection_set, self.schema.get_root_type(operation.operation), 1)
        if self.introspects and not may_introspect:
            raise RequestError(
                "INTROSPECTION_OFF", "The schema is published as a file, not by introspection."
            )
        if not self.introspects:
            refuse_above("TOO_MANY_ROOT_FIELDS", figures.width)
            refuse_above("TOO_DEEP", figures.depth)
            refuse_above("TOO_MANY_ALIASES", figures.aliases)
            refuse_above("TOO_MANY_DIRECTIVES", figures.directives + _directives(operation))
            refuse_above("TOO_EXPENSIVE", figures.cost)
        return figures.cost

    def _selections(
        self, selection_set: SelectionSetNode | None, parent: GraphQLNamedType | None, level: int
    ) -> Figures:
        if selection_set is None:
            return NOTHING
        if level > NESTING:
            refuse_above("TOO_DEEP", level)
        names = Counter(
            _response_name(node) for node in selection_set.selections if isinstance(node, FieldNode)
        )
        refuse_above("FIELD_REPEATED_TOO_OFTEN", max(names.values(), default=0))
        total = NOTHING
        for node in selection_set.selections:
            total = total.beside(self._selection(node, parent, level))
        return total

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None, level: int) -> Figures:
        if isinstance(node, FieldNode):
            return self._field(node, parent, level)
        own = Figures(directives=_directives(node))
        if isinstance(node, FragmentSpreadNode):
            return own.beside(self._fragment(node.name.value, level))
        inline = cast("InlineFragmentNode", node)  # the grammar knows no fourth kind
        narrowed = self.schema.get_type(inline.type_condition.name.value) if inline.type_condition else parent
        return own.beside(self._selections(inline.selection_set, narrowed, level + 1))

    def _fragment(self, name: str, level: int) -> Figures:
        if name in self.measured:
            return self.measured[name]
        fragment = self.fragments.get(name)
        if fragment is None or name in self.being_measured:
            return NOTHING  # validation refuses unknown fragments and cycles
        self.being_measured.add(name)
        own = Figures(directives=_directives(fragment))
        parent = self.schema.get_type(fragment.type_condition.name.value)
        self.measured[name] = own.beside(self._selections(fragment.selection_set, parent, level + 1))
        return self.measured[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, level: int) -> Figures:
        name = node.name.value
        self.introspects = self.introspects or name in INTROSPECTION
        definition = getattr(parent, "fields", {}).get(name)
        kind = get_named_type(definition.type) if definition else None
        below = self._selections(node.selection_set, kind, level + 1)
        if kind is None or not is_composite_type(kind):
            cost = 1 + below.cost
        else:
            cost = 2 + below.cost * (self._pages(node) if set(definition.args) >= PAGE_SIZES_ARE else 1)
        return Figures(
            depth=below.depth + 1,
            width=1,
            aliases=below.aliases + (node.alias is not None),
            directives=below.directives + _directives(node),
            cost=cost,
        )

    def _pages(self, node: FieldNode) -> int:
        """How many fives the page has; a page that is too large is refused here, before anything runs."""
        sizes = (self._page_size(each) for each in node.arguments or () if each.name.value in PAGE_SIZES_ARE)
        asked = max((size for size in sizes if size is not None), default=PAGE)
        refuse_above("PAGE_TOO_LARGE", asked)
        return max(1, -(-asked // 5))

    def _page_size(self, argument: ArgumentNode) -> int | None:
        if isinstance(argument.value, IntValueNode):
            return int(argument.value.value[:10])
        if isinstance(argument.value, VariableNode):
            value = self.variables.get(argument.value.name.value)
            return value if isinstance(value, int) else None
        return None


def _defaults(operation: OperationDefinitionNode) -> dict[str, int]:
    return {
        definition.variable.name.value: int(definition.default_value.value[:10])
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }


def _directives(node: Node) -> int:
    count = len(getattr(node, "directives", None) or ())
    refuse_above("TOO_MANY_DIRECTIVES_AT_ONE_PLACE", count)
    return count


def _response_name(node: FieldNode) -> str:
    return (node.alias or node.name).value
