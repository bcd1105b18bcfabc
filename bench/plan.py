"""What a run is asked to do."""

import argparse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The options of the command."""

    products: int = 10_000
    vendors: int = 100
    seconds: float = 10.0
    clients: tuple[int, ...] = (1, 8)
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
        description="Load a generated catalogue, start the production server, drive it, and print one "
        "JSON document (standard output) and its tables (standard error).",
    )
    parser.add_argument("--scale", type=int, default=default.products, help="products (default: %(default)s)")
    parser.add_argument("--vendors", type=int, default=default.vendors, help="vendors (default: %(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=default.seconds, help="of each measurement (default: %(default)s)"
    )
    parser.add_argument(
        "--clients", type=int, nargs="+", default=default.clients, help="how many at once (default: 1 8)"
    )
    parser.add_argument("--markdown", type=Path, help="write the tables to this file, too")
    read = parser.parse_args(arguments)
    return Plan(
        products=read.scale,
        vendors=read.vendors,
        seconds=read.seconds,
        clients=tuple(read.clients),
        markdown=read.markdown,
    )
