"""Pictures that rows name by their addresses: fetched, rendered and stored before anything is locked.

Each goes to the storage for every listing that wants it, for a file has one owner. What no row names in the
end is deleted again; a process that is killed in between leaves files to the sweep (catalog/jobs.py).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db.models import Value

from catalog.imports.cells import addresses
from catalog.imports.faults import Fault, FaultCode
from catalog.models import ChangePicture, ListingImport, Product, ProductImage
from catalog.operations.imports.finding import targets_of
from catalog.operations.imports.lines import Line
from marketplace.kernel import pictures
from marketplace.kernel.errors import UnusableImage
from marketplace.kernel.fetching import Unreachable, fetch
from marketplace.kernel.rendering import MAX_BYTES

FOLDER: Final = "products"
AT_ONCE: Final = 8
SECONDS: Final = 20
ACCEPTED: Final = "image/webp,image/jpeg,image/png,image/gif"

Columns = dict[str, Any]
Target = int | str


@dataclass(frozen=True)
class Failure:
    """Why a picture did not come."""

    code: FaultCode
    words: str


@dataclass
class Picture:
    """A picture for the rows that name its address.

    Attributes:
        copies: the columns of rows that may name it, for each listing that lacks it.
        owners: the products that have it.
        positions: the next free position of each product.
    """

    owners: frozenset[int]
    positions: Mapping[int, int]
    copies: list[Columns] = field(default_factory=list)

    def is_there(self, product: Product) -> bool:
        """Whether the product has it already; or it was not fetched, in a dry run."""
        return product.pk in self.owners or not self.copies

    def next_position(self, product: Product) -> int:
        """Behind the product's other pictures."""
        return self.positions.get(product.pk, 0)


Arrival = Picture | Failure


@contextmanager
def arrivals(file: ListingImport, lines: Sequence[Line]) -> Iterator[dict[str, Arrival]]:
    """Have the pictures come that the rows name and their listings lack, inside the block.

    Up to AT_ONCE are fetched at a time. In a dry run none is. Should the block fail, the files are deleted
    again; where it does not, those that nobody took.
    """
    wanted = _wanted(file, lines)
    if not wanted:
        yield {}
        return
    found: dict[str, Arrival] = _known(file, wanted)
    lacking = {
        address: sum(target not in _owners(found[address]) for target in targets)
        for address, targets in wanted.items()
    }
    with ExitStack() as stored:
        if not file.is_dry_run:
            with ThreadPoolExecutor(AT_ONCE) as threads:
                coming = {
                    address: threads.submit(_come, address, count, stored)
                    for address, count in lacking.items()
                    if count
                }
            for address, thread in coming.items():
                arrival = thread.result()
                if isinstance(arrival, Failure):
                    found[address] = arrival
                else:
                    _copies(found[address]).extend(arrival)
        yield found
    for each in found.values():
        pictures.discard(_copies(each))


def _wanted(file: ListingImport, lines: Sequence[Line]) -> dict[str, set[Target]]:
    """The addresses that rows name, each with the listings that shall have it."""
    named: dict[str, set[Target]] = defaultdict(set)
    telling = [each for each in lines if each.texts.get("images", "").strip()]
    if not telling:
        return named
    for line, target in zip(telling, targets_of(file, telling), strict=True):
        try:
            for address in addresses(line.texts["images"]):
                named[address].add(target)
        except Fault:
            continue  # told where the listing is decided on
    return named


def _known(file: ListingImport, wanted: Mapping[str, set[Target]]) -> dict[str, Arrival]:
    """What the listings have already: by where it came from, or by its own address here, on sale or waiting.

    Two statements.
    """
    keys = {target for targets in wanted.values() for target in targets if isinstance(target, int)}
    owners: dict[str, set[int]] = defaultdict(set)
    positions: dict[int, int] = {}
    theirs = ProductImage.objects.filter(product__in=keys, product__vendor=file.vendor_id)
    waiting = ChangePicture.objects.filter(change__product__in=keys, change__product__vendor=file.vendor_id)
    for product, origin, name, position in [
        *theirs.values_list("product", "origin", "file", "position"),
        *waiting.values_list("change__product", "origin", "file", Value(0)),
    ]:
        positions[product] = max(positions.get(product, 0), position + 1)
        for address in {origin, pictures.address_of(name)} & wanted.keys():
            owners[address].add(product)
    return {address: Picture(frozenset(owners[address]), positions) for address in wanted}


def _owners(arrival: Arrival) -> frozenset[int]:
    return arrival.owners if isinstance(arrival, Picture) else frozenset()


def _copies(arrival: Arrival) -> list[Columns]:
    return arrival.copies if isinstance(arrival, Picture) else []


def _come(address: str, count: int, stored: ExitStack) -> list[Columns] | Failure:
    """Fetch one picture and store it so many times; runs in a thread, and asks the database nothing."""
    try:
        content = _content(address)
        picture = pictures.prepare(content)
    except Unreachable as fault:
        return Failure(FaultCode.IMAGE_UNREACHABLE, str(fault))
    except UnusableImage as fault:
        return Failure(FaultCode.UNUSABLE_IMAGE, fault.reason)
    return [stored.enter_context(pictures.stored(picture, folder=FOLDER)) for _ in range(count)]


def _content(address: str) -> bytes:
    """The bytes at an address; what lies in our own storage is read there."""
    root = pictures.address_of(f"{FOLDER}/")
    if address.startswith(root):
        name = f"{FOLDER}/{address.removeprefix(root)}"
        if ".." in name or not default_storage.exists(name):
            raise Unreachable("the answer is 404")
        with default_storage.open(name) as file:
            return bytes(file.read())
    return fetch(address, most_bytes=MAX_BYTES, seconds=SECONDS, accept=ACCEPTED)
