"""What a run is asked to do."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# What buyers read, and what they do: carts, and the guest checkout from nothing to the paid order.
PARTS: Final = ("reads", "journeys")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The options of the command."""

    products: int = 10_000
    vendors: int = 100
    seconds: float = 10.0
    clients: tuple[int, ...] = (1, 8)
    buyers: tuple[int, ...] = (1, 4)
    parts: tuple[str, ...] = PARTS
    markdown: Path | None = None

    @property
    def warm_up(self) -> float:
        """Seconds before each measurement, not counted: connections open, caches fill."""
        return min(self.seconds / 5, 2.0)


def read(arguments: list[str]) -> Plan:
    """Read the command line; ends the process with a message where it cannot be read."""
    default = Plan()
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Load a generated catalogue, start the production server and a job worker, drive them, "
        "and print one JSON document (standard output) and its tables (standard error). Reads: product list, "
        "detail and search, in three ways. Journeys: create a cart and add; the guest checkout of two lines "
        "of two vendors, from the first request to the order that is paid, settled and split.",
    )
    parser.add_argument("--scale", type=int, default=default.products, help="products (default: %(default)s)")
    parser.add_argument("--vendors", type=int, default=default.vendors, help="vendors (default: %(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=default.seconds, help="of each measurement (default: %(default)s)"
    )
    parser.add_argument(
        "--clients", type=int, nargs="+", default=default.clients, help="how many at once (default: 1 8)"
    )
    parser.add_argument(
        "--buyers", type=int, nargs="+", default=default.buyers, help="on journeys at once (default: 1 4)"
    )
    parser.add_argument(
        "--only", choices=PARTS, help="measure the reads or the journeys alone (default: both)"
    )
    parser.add_argument("--markdown", type=Path, help="write the tables to this file, too")
    read = parser.parse_args(arguments)
    return Plan(
        products=read.scale,
        vendors=read.vendors,
        seconds=read.seconds,
        clients=tuple(read.clients),
        buyers=tuple(read.buyers),
        parts=(read.only,) if read.only else PARTS,
        markdown=read.markdown,
    )
