"""The ways that are compared give the same, and the tables say what was measured."""

import numpy as np

from bench.recommending import LISTED, NEIGHBOURS, Loops, Run, generated, markdown
from recommend import batch


def test_the_loops_give_what_is_compared_with_them() -> None:
    matrix = generated(60, 40)
    lists, loops = batch.everyone(matrix, neighbours=NEIGHBOURS, count=LISTED), Loops(matrix)
    everyone = loops.everyone()
    for buyer in range(matrix.buyers):
        found = everyone[buyer]
        assert found == loops.one(buyer)
        # Floats leave ties to chance here, so scores are compared, and those nearly.
        scores = lists.scores[buyer][: len(found)]
        assert np.allclose([score for _, score in found], scores)


def test_the_purchases_are_the_same_every_time() -> None:
    one, other = generated(50, 20), generated(50, 20)
    assert one.basket_products.tolist() == other.basket_products.tolist()
    assert (one.buyers, one.products) == (50, 20)


def test_the_tables_hold_what_was_measured() -> None:
    conditions = dict.fromkeys(
        ("buyers", "products", "purchases", "increments", "cores", "python", "numpy", "load_before"), 1
    )
    run = Run(command="bench", conditions=conditions)
    run.everyone["loops"] = {"CPU s": 2.0, "of": "all"}
    run.live["NumPy"] = {"wall p50": 0.5}
    run.differences["SciPy to numba"] = "none"
    assert markdown(run).splitlines()[2:] == [
        "| everybody, K = 50, top 10 | CPU s | of |",
        "| --- | --- | --- |",
        "| loops | 2.0 | all |",
        "",
        "| one buyer, live, K = 10, top 10, ms | wall p50 |",
        "| --- | --- |",
        "| NumPy | 0.5 |",
        "",
        "- differences, SciPy to numba: none",
    ]
