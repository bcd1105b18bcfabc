"""Files beside a document: multipart/form-data, as the GraphQL multipart request specification has it.

    operations      what a JSON body says, with null where a file belongs
    map             which file belongs where: {"0": ["variables.input.image"]}
    0, 1 ...        the files

Read strictly, and in one pass: the two texts come first, every file has a name and one place, every place is
there and is null, and nothing is left over. What a file is, only its content says; nobody reads its name or
its media type. Whatever else is sent is refused with BAD_UPLOAD, before anything is executed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from django.http.request import HttpRequest
from django.utils.http import parse_header_parameters
from graphql import GraphQLError
from typing_extensions import override

from marketplace.api.errors import TransportError
from marketplace.api.limits import BODY_BYTES
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.rendering import MAX_BYTES

FORM: Final = "multipart/form-data"
MOST_FILES: Final = 4
LONGEST_BOUNDARY: Final = 70  # of RFC 2046
LONGEST_HEAD: Final = 2_000
LONGEST_PATH: Final = 200
# One picture as large as any may be, or several smaller ones, and the texts beside them.
FORM_BYTES: Final = MAX_BYTES + BODY_BYTES + 8 * LONGEST_HEAD

Decode = Callable[[bytes], object]


class Upload:
    """A file that came with the request. Its content is given out once, for it may be costly to use."""

    def __init__(self, content: bytes) -> None:
        self._content: bytes | None = content

    @override
    def __repr__(self) -> str:
        return "a file"

    def take(self, *, field: str) -> bytes:
        """The content. Raises InvalidInput for a file that was used already."""
        content, self._content = self._content, None
        if content is None:
            raise InvalidInput(field=field, reason="Each file can be used once.")
        return content


def _demand_upload(value: object) -> Upload:
    if not isinstance(value, Upload):
        raise GraphQLError("A file is sent beside the document, as multipart/form-data.")
    return value


UPLOAD: Final = strawberry.scalar(
    name="Upload",
    description="A file that is sent beside the document, as a part of a form.",
    serialize=str,
    parse_value=_demand_upload,
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a form; a text where it has no file name."""

    name: str
    is_file: bool
    content: bytes


def parameters(request: HttpRequest, body: bytes, decode: Decode) -> object:
    """What `operations` says, with the files in their places. Raises TransportError."""
    parts = list(_parts(body, _boundary(request)))
    if len(parts) < 2 or [(part.name, part.is_file) for part in parts[:2]] != [
        ("operations", False),
        ("map", False),
    ]:
        raise _bad("The form begins with the texts `operations` and `map`.")
    operations, places = (_decoded_text(part, decode) for part in parts[:2])
    _place(operations, places, _files(parts[2:]))
    return operations


def beginning(request: HttpRequest, head: bytes) -> bytes:
    """The content of the first part of a form of which more is to come, where that is `operations`."""
    line = b"--" + _boundary(request)
    first, blank, _ = head.removeprefix(line).partition(b"\r\n" + line)
    if not (blank and head.startswith(line)):
        return b""
    part = _part(first)
    return part.content if part.name == "operations" and not part.is_file else b""


def _bad(message: str) -> TransportError:
    return TransportError(400, "BAD_UPLOAD", message)


def _boundary(request: HttpRequest) -> bytes:
    boundary = (request.content_params or {}).get("boundary", "").encode("utf-8", "replace")
    if not 1 <= len(boundary) <= LONGEST_BOUNDARY:
        raise _bad("The content type names a boundary of 1 to 70 bytes.")
    return boundary


def _parts(body: bytes, boundary: bytes) -> Iterator[Part]:
    line = b"--" + boundary
    # No more than we take: what is left of millions of parts stands in the last piece, unread.
    first, *others = body.split(b"\r\n" + line, MOST_FILES + 3)
    if not first.startswith(line):
        raise _bad("The body begins with the boundary.")
    *pieces, end = [first.removeprefix(line), *others]
    if len(pieces) > MOST_FILES + 2:
        raise TransportError(400, "TOO_MANY_FILES", f"The limit is {MOST_FILES} files at once.")
    if end not in {b"--", b"--\r\n"}:
        raise _bad("The body ends with the boundary and two hyphens: some of it is missing.")
    return map(_part, pieces)


def _part(piece: bytes) -> Part:
    head, blank, content = piece.partition(b"\r\n\r\n")
    if not (head.startswith(b"\r\n") and blank) or len(head) > LONGEST_HEAD:
        raise _bad("A part has a short head, an empty line and a content.")
    fields = _head(head[2:])
    if not fields.keys() <= {"content-disposition", "content-type", "content-length"}:
        raise _bad("A part has no header but Content-Disposition, Content-Type and Content-Length.")
    try:
        kind, named = parse_header_parameters(fields.get("content-disposition", ""))
    except (ValueError, LookupError):
        raise _bad("A part has a Content-Disposition we can read.") from None
    if kind != "form-data" or not named.get("name"):
        raise _bad("A part is of form-data and has a name.")
    if "filename" in named and not named["filename"]:
        raise _bad("A file has a name.")
    return Part(name=named["name"], is_file="filename" in named, content=content)


def _head(head: bytes) -> dict[str, str]:
    try:
        pairs = [line.split(":", 1) for line in head.decode().split("\r\n")]
        fields = {name.strip().lower(): value.strip() for name, value in pairs}
    except ValueError:
        raise _bad("The head of a part is lines of a name, a colon and a value, in UTF-8.") from None
    if len(fields) < len(pairs):
        raise _bad("A header comes once.")
    return fields


def _decoded_text(part: Part, decode: Decode) -> object:
    if len(part.content) > BODY_BYTES:
        raise TransportError(413, "BODY_TOO_LARGE", f"The limit of a text is {BODY_BYTES} bytes.")
    return decode(part.content)


def _files(parts: list[Part]) -> dict[str, Upload]:
    if not all(part.is_file for part in parts):
        raise _bad("Whatever follows `map` is a file, and has a file name.")
    files = {part.name: Upload(part.content) for part in parts}
    if len(files) < len(parts):
        raise _bad("Two files have the same name in the form.")
    return files


def _place(operations: object, places: object, files: dict[str, Upload]) -> None:
    if not isinstance(operations, dict):
        raise _bad("`operations` is one JSON object; there is no batching.")
    if not isinstance(places, dict) or places.keys() != files.keys():
        raise _bad("`map` names each file of the form, and no other.")
    for name, paths in places.items():
        if not isinstance(paths, list) or len(paths) != 1 or not isinstance(paths[0], str):
            raise _bad("`map` names one place for each file, in a list.")
        _put(operations, paths[0], files[name])


def _put(operations: dict[str, Any], path: str, file: Upload) -> None:
    refusal = _bad("`map` names a variable that is there and is null, such as variables.input.image.")
    steps = path[:LONGEST_PATH].split(".")
    if len(path) > LONGEST_PATH or steps[0] != "variables" or len(steps) < 2:
        raise refusal
    holder: Any = operations
    for step in steps[:-1]:
        holder = _at(holder, step, refusal)
    if _at(holder, steps[-1], refusal) is not None:
        raise refusal
    holder[int(steps[-1]) if isinstance(holder, list) else steps[-1]] = file


def _at(holder: object, step: str, refusal: TransportError) -> object:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list) and step.isascii() and step.isdecimal() and len(step) < 5:
        place = int(step)
        if place < len(holder):
            return holder[place]
    raise refusal
