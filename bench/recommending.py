"""`uv run python -m bench.recommending`: recommendations for everybody, and for one who waits; no database.

All ways count the same generated purchases in one run, in one thread each: loops over dictionaries as a
textbook writes them, SciPy, numba, and the package `implicit` where it is installed (`uv run --group bench`),
which finds neighbours only. CPU seconds are those of the process.
"""

import argparse
import heapq
import importlib.util
import json
import math
import platform
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
from django.utils.module_loading import import_string

from recommend import batch, compiled, nearest
from recommend.engine import Engine, Lists
from recommend.matrix import Matrix, assemble
from recommend.nearest import Candidates
from recommend.scoring import PurchaseIndex

NEIGHBOURS: Final = 50
LISTED: Final = 10
LIVE_NEIGHBOURS: Final = 10
# Products in a basket on the average; the n-th product is the likelier the smaller n is.
BASKET: Final = 15.5
STEEPNESS: Final = 3
# Beyond so many buyers the textbook's memory is not to be had.
ALL_IN_LOOPS: Final = 10_000
SAMPLE: Final = 200
ASKED_LIVE: Final = 1_000
SEED: Final = 7
TEXTBOOK: Final = "textbook loops"
LEAN: Final = "loops buyer by buyer"
LOOPS: Final = (TEXTBOOK, LEAN)


@dataclass(kw_only=True)
class Run:
    """What was measured, and on what."""

    command: str
    conditions: dict[str, Any]
    everyone: dict[str, dict[str, Any]] = field(default_factory=dict)
    live: dict[str, dict[str, float]] = field(default_factory=dict)
    differences: dict[str, str] = field(default_factory=dict)


def main() -> None:
    """Measure, and print one JSON document (standard output) and its tables (standard error)."""
    parser = argparse.ArgumentParser(prog="python -m bench.recommending", description=__doc__)
    parser.add_argument("--buyers", type=int, default=10_000)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--scale", action="store_true", help="100,000 buyers and 20,000 products")
    parser.add_argument("--live-only", action="store_true", help="leave out the lists of everybody")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file, too")
    plan = parser.parse_args()
    if plan.scale:
        plan.buyers, plan.products = 100_000, 20_000
    matrix = generated(plan.buyers, plan.products)
    command = " ".join(["uv", "run", "--group", "bench", "python", "-m", "bench.recommending", *sys.argv[1:]])
    run = Run(command=command, conditions=_conditions(matrix))
    _compile(matrix)
    _measure_live(run, matrix)
    if not plan.live_only:
        _measure_everyone(run, matrix)
    tables = markdown(run)
    sys.stderr.write(f"\n{tables}")
    sys.stdout.write(f"{json.dumps(vars(run), indent=2)}\n")
    if plan.markdown:
        plan.markdown.write_text(tables, encoding="utf-8")


def generated(buyers: int, products: int) -> Matrix:
    """Purchases that are made the same way every time."""
    random = np.random.default_rng(SEED)
    sizes = 1 + np.floor(-BASKET * np.log(1 - random.random(buyers))).astype(np.int64)
    chosen = np.floor(products * random.random(int(sizes.sum())) ** STEEPNESS).astype(np.int64)
    return assemble(
        buyer_keys=np.arange(buyers),
        references=[f"{number:08}".encode() for number in range(buyers)],
        product_keys=np.arange(products),
        pairs=(
            np.repeat(np.arange(buyers), sizes).astype(np.int32),
            random.permutation(products)[chosen].astype(np.int32),
        ),
    )


class Loops:
    """Dictionaries and floats."""

    def __init__(self, matrix: Matrix) -> None:
        self.baskets = [set(matrix.basket(buyer).tolist()) for buyer in range(matrix.buyers)]
        self.audiences = [matrix.audience(product).tolist() for product in range(matrix.products)]

    def everyone(self) -> list[list[tuple[int, float]]]:
        """As a textbook does: all pairs first, then each buyer's."""
        common: dict[int, defaultdict[int, int]] = {
            buyer: defaultdict(int) for buyer in range(len(self.baskets))
        }
        for audience in self.audiences:
            for one in audience:
                for other in audience:
                    if one != other:
                        common[one][other] += 1
        similarities = {one: self._similarities(one, met) for one, met in common.items()}
        return [self._listed(one, similarities[one], self._sorted) for one in range(len(self.baskets))]

    def one(self, buyer: int) -> list[tuple[int, float]]:
        """One buyer after the other, which needs no memory for all pairs."""
        common: defaultdict[int, int] = defaultdict(int)
        for product in self.baskets[buyer]:
            for other in self.audiences[product]:
                common[other] += 1
        del common[buyer]
        return self._listed(buyer, self._similarities(buyer, common), self._heaped)

    def _similarities(self, buyer: int, common: dict[int, int]) -> dict[int, float]:
        own = len(self.baskets[buyer])
        return {other: count / math.sqrt(own * len(self.baskets[other])) for other, count in common.items()}

    @staticmethod
    def _sorted(similarity: dict[int, float]) -> list[int]:
        """The nearest as a textbook finds them: everybody met is sorted."""
        return sorted(similarity, key=lambda other: (-similarity[other], other))[:NEIGHBOURS]

    @staticmethod
    def _heaped(similarity: dict[int, float]) -> list[int]:
        return heapq.nsmallest(NEIGHBOURS, similarity, key=lambda other: (-similarity[other], other))

    def _listed(
        self, buyer: int, similarity: dict[int, float], nearest: Callable[[dict[int, float]], list[int]]
    ) -> list[tuple[int, float]]:
        own = self.baskets[buyer]
        near = nearest(similarity)
        scores: defaultdict[int, float] = defaultdict(float)
        for other in near:
            for product in self.baskets[other] - own:
                scores[product] += similarity[other]
        return heapq.nsmallest(LISTED, scores.items(), key=lambda each: (-each[1], each[0]))


def _compile(matrix: Matrix) -> None:
    """Let numba compile before anything is measured."""
    few = generated(100, 50)
    compiled.everyone(few)
    Engine(matrix, compiled.candidates).recommend(0)


def _measure_live(run: Run, matrix: Matrix) -> None:
    askers = np.random.default_rng(SEED + 1).integers(0, matrix.buyers, ASKED_LIVE).tolist()
    ways: dict[str, Candidates] = {"NumPy": nearest.candidates, "numba": compiled.candidates}
    for name, candidates in ways.items():
        _say(f"live, {name}")
        engine = Engine(matrix, candidates)
        for asker in askers[:50]:
            engine.recommend(asker, count=LISTED)
        spent: dict[str, list[float]] = {"wall": [], "CPU": []}
        for asker in askers:
            wall, cpu = time.perf_counter(), time.process_time()
            engine.recommend(asker, neighbours=LIVE_NEIGHBOURS, count=LISTED)
            spent["CPU"].append(1_000 * (time.process_time() - cpu))
            spent["wall"].append(1_000 * (time.perf_counter() - wall))
        run.live[name] = {
            f"{clock} p{percent}": round(float(np.percentile(each, percent)), 3)
            for clock, each in spent.items()
            for percent in (50, 95)
        }


def _measure_everyone(run: Run, matrix: Matrix) -> None:
    lists: dict[str, Lists] = {}
    for name, way in (("numba", compiled.everyone), ("SciPy", batch.everyone)):
        _say(f"everybody, {name}")
        lists[name] = _timed(run, name, partial(way, matrix, neighbours=NEIGHBOURS, count=LISTED))
    same = [len(np.flatnonzero(one != other)) for one, other in zip(*lists.values(), strict=True)]
    run.differences["SciPy to numba"] = f"{sum(same)} products or scores"
    sample = np.random.default_rng(SEED + 2).choice(matrix.buyers, SAMPLE, replace=False).tolist()
    _say("everybody, loops")
    loops = Loops(matrix)
    if matrix.buyers <= ALL_IN_LOOPS:
        _timed(run, TEXTBOOK, loops.everyone)
    _timed(run, LEAN, lambda: [loops.one(buyer) for buyer in sample], share=len(sample) / matrix.buyers)
    _say("the reference")
    wrong = _unlike_the_reference(matrix, sample, lists["numba"])
    run.differences[f"the reference to numba, {SAMPLE} buyers"] = f"{wrong} lists"
    if importlib.util.find_spec("implicit") is None:
        run.differences["implicit"] = "not installed"
    else:
        _say("everybody, implicit")
        _measure_implicit(run, matrix, sample)
    for measured in run.everyone.values():
        for loop in LOOPS:
            times = run.everyone.get(loop, {}).get("CPU s", math.nan) / measured["CPU s"]
            measured[f"times as fast as {loop}"] = "" if math.isnan(times) else round(times, 1)


def _timed(run: Run, name: str, work: Callable[[], Any], *, share: float = 1.0) -> Any:
    """Note the CPU seconds of all, where the work is a share of it."""
    begun = time.process_time()
    done = work()
    seconds = (time.process_time() - begun) / share
    increments = run.conditions["increments"]
    run.everyone[name] = {
        "CPU s": round(seconds, 2),
        "ns an increment": round(seconds / increments * 1e9, 2),
        "of": "all" if share == 1 else f"{share:.1%}, multiplied",
    }
    return done


def _unlike_the_reference(matrix: Matrix, sample: list[int], lists: Lists) -> int:
    """How many of the sampled lists differ from recommend/scoring.py in products, order or digits."""
    index = PurchaseIndex(
        (f"{buyer:08}", f"{product:08}")
        for buyer in range(matrix.buyers)
        for product in matrix.basket(buyer).tolist()
    )
    wrong = 0
    for buyer in sample:
        expected = index.recommend(f"{buyer:08}", NEIGHBOURS)[:LISTED]
        row = zip(lists.products[buyer].tolist(), lists.scores[buyer].tolist(), strict=True)
        wrong += [(f"{product:08}", score) for product, score in row if product >= 0] != expected
    return wrong


def _measure_implicit(run: Run, matrix: Matrix, sample: list[int]) -> None:
    """Its neighbours alone, and how many of the sampled have others than by whole numbers and references."""
    bought = batch.ones(matrix.basket_starts, matrix.basket_products, (matrix.buyers, matrix.products))
    peer = import_string("implicit.nearest_neighbours.CosineRecommender")(K=NEIGHBOURS + 1, num_threads=1)
    by_columns = bought.T.tocsr().astype(np.float64)
    _timed(run, "implicit, neighbours only", lambda: peer.fit(by_columns, show_progress=False))
    engine, other = Engine(matrix), 0
    for buyer in sample:
        theirs = {each for each in peer.similarity[buyer].indices.tolist() if each != buyer}
        ours = {each.buyer for each in engine.neighbours(buyer, NEIGHBOURS)}
        other += theirs != ours
    run.differences[f"neighbours of implicit, {SAMPLE} buyers"] = f"{other} sets"


def _conditions(matrix: Matrix) -> dict[str, Any]:
    audiences = np.diff(matrix.audience_starts)
    return {
        "buyers": matrix.buyers,
        "products": matrix.products,
        "purchases": matrix.purchases,
        "increments": int((audiences**2).sum()),
        "cores": psutil.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load_before": round(psutil.getloadavg()[0], 1),
    }


def markdown(run: Run) -> str:
    """The run as tables."""
    conditions = run.conditions
    introduction = (
        f"`{run.command}`: {conditions['buyers']:,} buyers, {conditions['products']:,} products, "
        f"{conditions['purchases']:,} purchases, {conditions['increments']:,} increments; "
        f"{conditions['cores']} cores with a load of {conditions['load_before']} before; "
        f"Python {conditions['python']}, NumPy {conditions['numpy']}."
    )
    lines = [introduction, ""]
    if run.everyone:
        lines += _rows(f"everybody, K = {NEIGHBOURS}, top {LISTED}", run.everyone)
    lines += _rows(f"one buyer, live, K = {LIVE_NEIGHBOURS}, top {LISTED}, ms", run.live)
    lines += [f"- differences, {what}: {found}" for what, found in run.differences.items()]
    return "\n".join(lines) + "\n"


def _rows(title: str, measured: dict[str, dict[str, Any]]) -> list[str]:
    columns = list(next(iter(measured.values())))
    rows = [[name, *map(str, each.values())] for name, each in measured.items()]
    heads = [[title, *columns], ["---"] * (len(columns) + 1)]
    return [f"| {' | '.join(line)} |" for line in [*heads, *rows]] + [""]


def _say(progress: str) -> None:
    sys.stderr.write(f"{progress}\n")


if __name__ == "__main__":
    main()
