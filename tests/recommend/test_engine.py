"""The engine, by NumPy and by numba, gives what the loops give."""

import csv
import gzip
import json
import math
import re
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from recommend import compiled, nearest
from recommend.nearest import Candidates
from recommend.scoring import PurchaseIndex
from tests.recommend.test_overlay import CHANGES
from tests.recommend.test_scoring import BOUGHT, PAIRS, RECOMMENDED, pairs
from tests.support.matrices import Named, Pair

WAYS = [pytest.param(nearest.candidates, id="numpy"), pytest.param(compiled.candidates, id="numba")]
VALID_PRODUCT = re.compile(r"\d{5}[A-Z]*")


def by_loops(index: PurchaseIndex, buyer: str, count: int) -> tuple[list[Any], list[Any]]:
    near = [(each.reference, each.common, each.theirs) for each in index.neighbours(buyer, count)]
    return near, list(map(tuple, index.recommend(buyer, count)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("count", "buyer"), RECOMMENDED)
def test_the_lists_of_the_example(count: int, buyer: str, way: Candidates) -> None:
    assert Named(pairs(BOUGHT), way).recommend(buyer, count) == RECOMMENDED[count, buyer]


@pytest.mark.parametrize("way", WAYS)
@given(built=PAIRS, changes=CHANGES, count=st.integers(1, 4))
def test_any_history_of_changes(
    way: Candidates, built: list[Pair], changes: list[tuple[list[Pair], list[Pair]]], count: int
) -> None:
    named, bought = Named(built, way), set(built)
    for gone, came in [([], []), *changes]:
        named.change(gone=gone, bought=came)
        bought = (bought - set(gone)) | set(came)
        index = PurchaseIndex(bought)
        for buyer in index.products:
            found = named.neighbours(buyer, count), named.recommend(buyer, count)
            assert found == by_loops(index, buyer, count)


@pytest.mark.parametrize("way", WAYS)
@given(history=PAIRS)
def test_ties_by_number_are_ties_by_reference(way: Candidates, history: list[Pair]) -> None:
    named, index = Named(history, way), PurchaseIndex(history)
    products = sorted({product for _, product in history})
    for number, buyer in enumerate(sorted(index.products)):
        found = [(products[product], score) for product, score in named.engine.recommend(number, count=2)]
        assert found == index.recommend(buyer)[:2]


@pytest.mark.parametrize("way", WAYS)
def test_one_purchase_moves_the_next_answer(way: Candidates) -> None:
    named = Named([("me", "tea"), ("you", "hot"), ("you", "lamp")], way)
    assert named.recommend("me", 10) == []
    named.change(bought=[("me", "hot"), ("eve", "lamp"), ("eve", "new")])
    assert [product for product, _ in named.recommend("me", 10)] == ["lamp"]
    assert [product for product, _ in named.recommend("you", 10)] == ["new", "tea"]
    assert [product for product, _ in named.recommend("eve", 10)] == ["hot"]


def test_a_stranger_gets_nothing() -> None:
    assert Named(pairs(BOUGHT)).engine.liked(7) == {}


def test_the_most_popular_come_with_all_who_are_level_with_the_last() -> None:
    named = Named(pairs(BOUGHT))
    named.change(bought=[("new", "hot")])
    most = {named.names[key]: buyers for key, buyers in named.engine.popular(2).items()}
    assert most == {"featured": 4, "class": 2, "hot": 2, "tea": 2}
    assert len(named.engine.popular(50)) == 8


@pytest.mark.realdata
@pytest.mark.parametrize("way", ["loops", *WAYS])
def test_the_lists_of_a_year_of_recorded_sales(way: "Candidates | str") -> None:
    truth = json.loads((settings.SALES_DATA / "truth" / "online_retail_dev.json").read_text())
    with gzip.open(settings.SALES_DATA / "online_retail" / "order_lines.csv.gz", "rt") as lines:
        history = {
            (line["customer"], line["product"])
            for line in csv.DictReader(lines)
            if line["customer"]
            and not line["order"].startswith("C")
            and int(line["quantity"]) > 0
            and float(line["unit_price"]) > 0
            and VALID_PRODUCT.fullmatch(line["product"])
        }
    assert len(history) == truth["counts"]["customer_product_pairs"]
    index = PurchaseIndex(history)
    named = None if isinstance(way, str) else Named(sorted(history), way)
    for customer, expected in truth["customers"].items():
        near = [(each["customer"], each["common"], each["products"]) for each in expected["neighbours"]]
        best = [(each["product"], each["score"]) for each in expected["recommendations"]]
        found = (
            (named.neighbours(customer, 10), named.recommend(customer, 10))
            if named
            else by_loops(index, customer, 10)
        )
        assert (found[0], found[1][:10]) == (near, best)
        cosines = [round(common / math.sqrt(expected["products"] * size), 12) for _, common, size in near]
        assert cosines == [each["cosine"] for each in expected["neighbours"]]
    assert len(truth["customers"]) == 50
