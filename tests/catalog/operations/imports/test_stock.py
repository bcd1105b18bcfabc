import pytest

from catalog.models import ImportKind, Product, StockMovement, Variant
from tests.catalog.operations.imports.test_running import brought, counts, refused
from tests.factories.catalog import VariantFactory, listed

pytestmark = pytest.mark.django_db


def test_stock_is_set_and_changed_with_its_reason() -> None:
    product = listed(sku="A", on_hand=5)
    listed(vendor=product.vendor, sku="B", on_hand=5)
    listed(vendor=product.vendor, sku="C", on_hand=0)
    VariantFactory.create(sku="A", on_hand=5)
    content = "SKU;Menge;delta;reason;note\nA;0;;;\nB;;-2;damaged;Fell\nC;7;;received;\n"
    file = brought(product.vendor, content, kind=ImportKind.STOCK)
    assert counts(file) == (0, 3, 0, 0)
    moved = StockMovement.objects.order_by("pk").values_list("variant__sku", "delta", "reason", "note")
    assert list(moved) == [
        ("A", -5, "correction", f"Import {file.pk}"),
        ("B", -2, "damaged", "Fell"),
        ("C", 7, "received", f"Import {file.pk}"),
    ]
    assert [each.is_in_stock for each in Product.objects.filter(vendor=product.vendor)] == [False, True, True]
    assert Variant.objects.exclude(vendor=product.vendor).get(sku="A").on_hand == 5
    assert counts(brought(product.vendor, "sku,quantity\nA,0\n", kind=ImportKind.STOCK)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("X,1,,", "sku", "unknown_sku"),
        ("A,,,", "quantity", "missing_value"),
        ("A,1,1,", "delta", "bad_quantity"),
        ("A,-1,,", "quantity", "negative_stock"),
        ("A,,-4,", "quantity", "stock_promised"),
        ("A,1.5,,", "quantity", "bad_quantity"),
        ("A,4,,stolen", "reason", "unknown_reason"),
    ],
)
def test_a_row_that_cannot_be_moves_nothing(row: str, column: str, code: str) -> None:
    variant = VariantFactory.create(sku="A", on_hand=5, reserved=2)
    file = brought(variant.vendor, f"sku,quantity,delta,reason\n{row}\n", kind=ImportKind.STOCK)
    assert refused(file) == [(2, column, code)]
    assert not StockMovement.objects.exists()
