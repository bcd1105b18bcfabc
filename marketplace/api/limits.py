"""What one request may ask, measured before validation in one linear walk.

A document is surveyed once: every fragment is measured once and its figures reused wherever it is spread, so
a chain of fragments that doubles at each step costs its length, not two to its length. What a page costs
depends on the variables of the request, so the survey keeps a price list (the connections in each other), and
`cost()` adds it up.

Cost: an object 2, a leaf 1; a connection multiplies what is below it by `first` or `last` (the default page
where neither is given) divided by 5, rounded up, at least 1; `nodes` by the number of its ids, alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

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
    ListValueNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
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
    "TOO_MANY_SELECTIONS_AT_ONE_PLACE": 100,
    "PAGE_TOO_LARGE": LARGEST_PAGE,
    "TOO_EXPENSIVE": 5_000,
}
# Selections and spreads in each other, introspection included: beyond it the walk itself would not be safe.
NESTING = 64
# The arguments that say how many a field answers.
SIZES_ARE = frozenset({"first", "last", "ids"})
INTROSPECTION = frozenset({"__schema", "__type"})

# The size of a page: a number, or the variable that holds it.
Size: TypeAlias = int | str


def refuse_above(code: str, found: int) -> None:
    """Raise RequestError when the figure passes the limit of this name.

    The figure itself is not told: with fragments expanded it may have thousands of digits.
    """
    limit = LIMITS[code]
    if found > limit:
        words = code.removeprefix("TOO_").removeprefix("MANY_").lower().replace("_", " ")
        raise RequestError(code, f"The limit is {limit} ({words}).", limit=limit)


@dataclass(slots=True)
class Figures:
    """What a selection asks, fragments expanded; `width` counts its own fields, not those below them.

    `price` is what its fields cost without what is below its pages, `least` the same with one page of each.
    """

    depth: int = 0
    width: int = 0
    aliases: int = 0
    directives: int = 0
    price: int = 0
    least: int = 0
    pages: list["Pages"] = field(default_factory=list)
    introspects: bool = False

    def add(self, other: "Figures") -> None:
        """Take in what stands beside it. Raises RequestError before the list of pages could explode."""
        self.depth = max(self.depth, other.depth)
        self.width += other.width
        self.aliases += other.aliases
        self.directives += other.directives
        self.price += other.price
        self.least += other.least
        self.introspects = self.introspects or other.introspects
        refuse_above("TOO_EXPENSIVE", self.least)
        self.pages += other.pages

    def cost(self, variables: Mapping[str, Any]) -> int:
        """Its price with these variables. Raises RequestError for a page that is too large."""
        return self.price + sum(page.count(variables) * page.below.cost(variables) for page in self.pages)


@dataclass(slots=True)
class Pages:
    """A connection or a list by ids: what is below it, times the size of its page."""

    sizes: list[Size]
    below: Figures

    def count(self, variables: Mapping[str, Any]) -> int:
        """How many fives the page has, at least 1."""
        sizes = (each if isinstance(each, int) else _length(variables.get(each)) for each in self.sizes)
        asked = max((size for size in sizes if size is not None), default=PAGE)
        refuse_above("PAGE_TOO_LARGE", asked)
        return max(1, -(-asked // 5))


class Survey:
    """The figures of each operation of a document; raises RequestError at the first limit it passes."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, Figures] = {}
        self._being_measured: set[str] = set()
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        refuse_above("TOO_MANY_OPERATIONS", len(operations))
        self._operations = [
            (node.name.value if node.name else None, _defaults(node), self._operation(node))
            for node in operations
        ]
        for name in self._fragments:
            self._fragment(name, 1)

    def cost(self, operation_name: str | None, variables: Mapping[str, Any]) -> int:
        """The cost of the operation. Raises RequestError where the name names none, or none of several."""
        named = [each for each in self._operations if operation_name in {None, each[0]}]
        if not named or (operation_name is None and len(named) > 1):
            raise RequestError("UNKNOWN_OPERATION", "The document has no such operation, or several.")
        _, defaults, figures = named[0]
        found = figures.cost({**defaults, **variables})
        refuse_above("TOO_EXPENSIVE", found)
        return found

    @property
    def introspects(self) -> bool:
        """Whether any operation asks for the schema."""
        return any(figures.introspects for _, _, figures in self._operations)

    def _operation(self, node: OperationDefinitionNode) -> Figures:
        figures = Figures(directives=_directives(node))
        root = self._schema.get_root_type(node.operation)
        figures.add(self._selections(node.selection_set, root, 1))
        refuse_above("TOO_MANY_ROOT_FIELDS", figures.width)
        refuse_above("TOO_DEEP", figures.depth)
        refuse_above("TOO_MANY_ALIASES", figures.aliases)
        refuse_above("TOO_MANY_DIRECTIVES", figures.directives)
        return figures

    def _selections(
        self, selection_set: SelectionSetNode | None, parent: GraphQLNamedType | None, level: int
    ) -> Figures:
        if level > NESTING:
            refuse_above("TOO_DEEP", level)
        total = Figures()
        selections = selection_set.selections if selection_set else ()
        refuse_above("TOO_MANY_SELECTIONS_AT_ONE_PLACE", len(selections))
        for node in selections:
            total.add(self._selection(node, parent, level))
        return total

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None, level: int) -> Figures:
        if isinstance(node, FieldNode):
            return self._field(node, parent, level)
        figures = Figures(directives=_directives(node))
        if isinstance(node, FragmentSpreadNode):
            figures.add(self._fragment(node.name.value, level))
            return figures
        inline = cast("InlineFragmentNode", node)  # the grammar knows no fourth kind
        narrowed = (
            self._schema.get_type(inline.type_condition.name.value) if inline.type_condition else parent
        )
        figures.add(self._selections(inline.selection_set, narrowed, level + 1))
        return figures

    def _fragment(self, name: str, level: int) -> Figures:
        if name in self._measured:
            return self._measured[name]
        fragment = self._fragments.get(name)
        if fragment is None or name in self._being_measured:
            return Figures()  # validation refuses unknown fragments and cycles
        self._being_measured.add(name)
        figures = Figures(directives=_directives(fragment))
        parent = self._schema.get_type(fragment.type_condition.name.value)
        figures.add(self._selections(fragment.selection_set, parent, level + 1))
        self._measured[name] = figures
        return figures

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, level: int) -> Figures:
        figures = Figures(depth=1, width=1, aliases=node.alias is not None, directives=_directives(node))
        name = node.name.value
        if name in INTROSPECTION:  # who may read the schema may read it whole
            figures.introspects, figures.price, figures.least = True, 2, 2
            return figures
        definition = getattr(parent, "fields", {}).get(name)
        kind = get_named_type(definition.type) if definition else None
        below = self._selections(node.selection_set, kind, level + 1)
        own = 2 if kind is not None and is_composite_type(kind) else 1
        figures.depth += below.depth
        figures.aliases += below.aliases
        figures.directives += below.directives
        figures.introspects = below.introspects
        figures.least = own + below.least
        refuse_above("TOO_EXPENSIVE", figures.least)
        if definition and not SIZES_ARE.isdisjoint(definition.args):
            figures.price, figures.pages = own, [Pages(_sizes(node), below)]
        else:
            figures.price, figures.pages = own + below.price, below.pages
        return figures


def _sizes(node: FieldNode) -> list[Size]:
    sizes = [_size(each) for each in node.arguments or () if each.name.value in SIZES_ARE]
    return [size for size in sizes if size is not None]


def _size(argument: ArgumentNode) -> Size | None:
    value = argument.value
    return value.name.value if isinstance(value, VariableNode) else _literal_length(value)


def _literal_length(value: ValueNode | None) -> int | None:
    if isinstance(value, IntValueNode):
        return int(value.value[:10])  # longer is larger than any limit
    return len(value.values) if isinstance(value, ListValueNode) else None


def _length(value: object) -> int | None:
    """The page size in a variable: GraphQL takes 100.0 for 100. What is none, coercion refuses."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None


def _defaults(operation: OperationDefinitionNode) -> dict[str, int | None]:
    return {
        definition.variable.name.value: _literal_length(definition.default_value)
        for definition in operation.variable_definitions or ()
    }


def _directives(node: Node) -> int:
    count = len(getattr(node, "directives", None) or ())
    refuse_above("TOO_MANY_DIRECTIVES_AT_ONE_PLACE", count)
    return count
