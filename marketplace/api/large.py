"""Files that may be larger than pictures: those of the mutations that import them, and of no other.

What a form is for stands at its beginning. So of one that is larger than pictures are, its beginning is read
first, and the rest only where that document does nothing but take such a file.
"""

from collections.abc import Callable, Iterator
from typing import Final

from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, SelectionNode, parse

from catalog.operations.imports.starting import LARGEST_FILE
from marketplace.api import persisted
from marketplace.api.errors import TransportError
from marketplace.api.limits import BODY_BYTES, LIMITS

TAKE_LARGE_FILES: Final = frozenset({"importListings", "importStock"})
# The first part with its head, and the boundaries about it.
HEAD_BYTES: Final = BODY_BYTES + 8_000
FORM_BYTES: Final = LARGEST_FILE + BODY_BYTES + 16_000


def is_expected(operations: bytes, decode: Callable[[bytes], object]) -> bool:
    """Whether these operations, as a form begins with them, take a large file and do nothing else."""
    try:
        said = decode(operations) if operations else None
    except TransportError:
        return False
    if not isinstance(said, dict):
        return False
    document = said.get("query")
    if "documentId" in said:
        document = persisted.document(str(said["documentId"]))
    return isinstance(document, str) and _takes_large_files(document)


def _takes_large_files(text: str) -> bool:
    try:
        document = parse(text, max_lexical_tokens=LIMITS["TOO_MANY_TOKENS"])
    except GraphQLError:
        return False
    chosen = list(_chosen(document))
    return bool(chosen) and all(
        isinstance(each, FieldNode) and each.name.value in TAKE_LARGE_FILES for each in chosen
    )


def _chosen(document: DocumentNode) -> Iterator[SelectionNode]:
    """What all operations of the document ask for at their roots."""
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            yield from each.selection_set.selections
