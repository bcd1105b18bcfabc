"""docs/first-sale.md, told to the API block by block: what the page says is what is answered."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from catalog.models import Product, Variant
from marketplace.accounts.models import User
from payouts.selectors import trial_balance
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.factories.checkout import ShippingMethodFactory
from tests.factories.vendors import VendorFactory
from tests.support import tree
from tests.support.graphql import GraphQL
from vendors.operations import members
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

PAGE = tree.text(Path("docs/first-sale.md"))
BLOCK = re.compile(r"```(graphql|json) ?(\w*)\n(.*?)```", re.DOTALL)
# A name for what is different each time: bound by the first answer that holds it, the same from then on.
NAME = re.compile(r"<[a-z ]+>")
GOODS = (
    ("Kiln Row", "Morning mug", 2400, 750),
    ("Fell Knit", "Watch cap", 3600, 420),
    ("Lantern House", "Beeswax candles", 1850, 690),
)


@pytest.fixture(autouse=True)
def _shop() -> Iterator[None]:
    """Three vendors with one product each, and a buyer who has ordered nothing yet."""
    owner = UserFactory.create(email="owner@kilnrow.example")
    for name, title, price, shipping in GOODS:
        slug = name.lower().replace(" ", "-")
        vendor = VendorFactory.create(name=name, slug=slug)
        listed(vendor=vendor, title=title, price_minor=price, on_hand=10)
        ShippingMethodFactory.create(vendor=vendor, name="Parcel", price_minor=shipping)
        if slug == "kiln-row":
            members.add_member(vendor=vendor, user=owner, role=VendorRole.OWNER, actor=owner)
    with override_settings(TAX_RATES={"DE": 1900}):
        yield


class Reader:
    """Does what the page says, in order, and knows what its names stand for."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.buyer = GraphQL()
        self.answer: Any = None
        self.document: tuple[str, GraphQL] | None = None

    def read(self, kind: str, mark: str, text: str) -> None:
        if kind == "graphql":
            self.document = (text, self._whose(mark))
            if "$" not in text:
                self._ask({})
        elif mark == "variables":
            self._ask(self._filled(json.loads(text)))
        elif mark == "card":
            self._pay(self._filled(json.loads(text)))
        else:
            self._compare(json.loads(text), self.answer, "answer")

    def _whose(self, mark: str) -> GraphQL:
        return GraphQL(User.objects.get(email="owner@kilnrow.example")) if mark == "vendor" else self.buyer

    def _ask(self, variables: dict[str, Any]) -> None:
        assert self.document is not None
        document, client = self.document
        self.answer = client.ask(document, **variables)

    def _pay(self, sent: dict[str, Any]) -> None:
        path = f"/sandbox/v1/intents/{sent['client_secret'].partition('_secret_')[0]}/confirm"
        response = self.buyer.http.post(path, json.dumps(sent), content_type="application/json")
        self.answer = response.json()

    def _filled(self, given: Any) -> Any:
        if isinstance(given, dict):
            return {key: self._filled(value) for key, value in given.items()}
        if isinstance(given, str):
            return NAME.sub(lambda found: self.names[found[0]], given)
        return given

    def _compare(self, told: Any, answered: Any, path: str) -> None:
        """All that the page tells is so; it may leave fields out, but no element of a list."""
        if isinstance(told, dict):
            for key, value in told.items():
                self._compare(value, answered[key], f"{path}.{key}")
        elif isinstance(told, list):
            assert len(told) == len(answered), path
            for place, (value, other) in enumerate(zip(told, answered, strict=True)):
                self._compare(value, other, f"{path}.{place}")
        elif isinstance(told, str) and NAME.fullmatch(told):
            assert self.names.setdefault(told, answered) == answered, path
        else:
            assert told == answered, path


def test_the_story_is_what_the_api_answers() -> None:
    reader = Reader()
    blocks = BLOCK.findall(PAGE)
    assert len([kind for kind, _, _ in blocks if kind == "graphql"]) == 12
    for kind, mark, text in blocks:
        reader.read(kind, mark, text)
    left = dict(Variant.objects.values_list("product__title", "on_hand"))
    assert left == {"Morning mug": 8, "Watch cap": 9, "Beeswax candles": 9}
    assert not Variant.objects.exclude(reserved=0).exists()
    assert sum(balance.minor for _, balance in trial_balance()) == 0
    assert Product.objects.count() == 3
    assert "order_id" in reader.buyer.http.session
    assert "cart_id" not in reader.buyer.http.session
