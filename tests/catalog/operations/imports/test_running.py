"""Files of listings from their bytes to the tables: each row once, whatever else stands beside it."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.imports.faults import FaultCode
from catalog.models import (
    Category,
    ImportChunk,
    ImportRow,
    ImportStatus,
    ListingImport,
    Product,
    ProductImage,
    StockMovement,
    Variant,
)
from catalog.operations.imports import running
from catalog.operations.imports.running import run_import
from catalog.operations.imports.starting import Wish, start_import
from tests.factories.catalog import CategoryFactory, VariantFactory, listed, picture
from tests.factories.vendors import VendorFactory
from tests.support.pages import Page, serving
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

HEAD = "sku;title;description;category;price;stock"


@pytest.fixture
def vendor() -> Vendor:
    CategoryFactory.create(slug="mugs", path="mugs")
    return VendorFactory.create(currency="EUR")


def brought(vendor: Vendor, content: str | bytes, **wish: Any) -> ListingImport:
    """The import of a file, run to its end."""
    raw = content if isinstance(content, bytes) else content.encode()
    wish.setdefault("tax_categories", ["standard", "books"])
    file, _ = start_import(vendor=vendor, content=raw, wish=Wish(**wish), actor=None)
    run_import(import_id=file.pk)
    file.refresh_from_db()
    return file


def counts(file: ListingImport) -> tuple[int, int, int, int]:
    return file.created, file.updated, file.unchanged, file.failed


def refused(file: ListingImport) -> list[tuple[int, str, str]]:
    rows = ImportRow.objects.filter(file=file).exclude(code="")
    return list(rows.values_list("number", "column", "code"))


def test_h32_a_thousand_rows_of_which_seven_are_bad(vendor: Vendor) -> None:
    """BOM, semicolons and quotes; 993 applied, 7 told by row, column and code; once more: nothing."""
    other = listed(sku="S-10", title="Another vendor's")
    lines = [
        f'S-{number};Mug {number};"Said ""fine""; and\nmore";mugs;{number}.50;{number}'
        for number in range(2, 1002)
    ]
    with serving() as site:
        images = [""] * len(lines)
        images[205] = site.url("/gone.jpg")
        for place, old, new in (
            (5, "S-7;", "S-6;"),
            (55, ";57.50;", ";cheap;"),
            (105, ";107", ";-3"),
            (155, ";mugs;", ";nowhere;"),
            (255, "Mug 257", ""),
            (305, "Said", "x" * 5 * 1024 * 1024),
        ):
            lines[place] = lines[place].replace(old, new, 1) if place != 105 else lines[place][:-3] + "-3"
        rows = [f"{HEAD};images", *(f"{line};{url}" for line, url in zip(lines, images, strict=True))]
        content = b"\xef\xbb\xbf" + "\r\n".join(rows).encode()
        file = brought(vendor, content)
        assert (file.status, file.rows, counts(file)) == ("done", 1000, (993, 0, 0, 7))
        assert refused(file) == [
            (7, "sku", "duplicate_sku"),
            (57, "price", "bad_price"),
            (107, "stock", "negative_stock"),
            (157, "category", "unknown_category"),
            (207, "images", "image_unreachable"),
            (257, "title", "missing_value"),
            (307, "description", "cell_too_long"),
        ]
        assert Product.objects.filter(vendor=vendor).count() == 993
        again, is_known = start_import(vendor=vendor, content=content, wish=Wish(), actor=None)
        assert (again, is_known, ListingImport.objects.count()) == (file, True, 1)
    assert StockMovement.objects.count() == 993
    other.refresh_from_db()
    assert (other.title, other.variants.get().on_hand) == ("Another vendor's", 5)
    assert Variant.objects.filter(sku="S-10").count() == 2


def test_rows_of_one_product_stand_by_its_handle_wherever_they_stand(vendor: Vendor) -> None:
    content = (
        "product,sku,title,category,price,stock,option1_name,option1_value,weight_g\n"
        "mug,M-S,Mug,mugs,5,1,Size,S,100\n"
        "cup,C-1,Cup,mugs,9,0,,,\n"
        "mug,M-L,,,7,2,Size,L,200\n"
    )
    file = brought(vendor, content)
    assert counts(file) == (3, 0, 0, 0)
    mug = Product.objects.get(title="Mug")
    assert (mug.price_minor, mug.is_in_stock, mug.option_names, mug.slug) == (500, True, ["Size"], "mug")
    sold = list(mug.variants.values_list("sku", "options", "price_minor", "on_hand", "weight_g"))
    assert sold == [("M-S", {"Size": "S"}, 500, 1, 100), ("M-L", {"Size": "L"}, 700, 2, 200)]
    more = "product,sku,price,option1_value\nmug,M-XL,8,XL\nmug,M-L,6,L\n"
    assert counts(brought(vendor, more)) == (1, 1, 0, 0)
    assert mug.variants.count() == 3
    assert Product.objects.filter(vendor=vendor, search="cup").count() == 1


def test_a_file_changes_what_it_says_and_nothing_else(vendor: Vendor) -> None:
    product = listed(vendor=vendor, sku="A", title="Old", description="Kept", on_hand=5, status="draft")
    variant = product.variants.get()
    Variant.objects.filter(pk=variant.pk).update(reserved=2, compare_at_minor=3000)
    content = "sku,price,stock\nA,12,2\n"
    assert counts(brought(vendor, content)) == (0, 1, 0, 0)
    assert counts(brought(vendor, content, is_again=True)) == (0, 0, 1, 0)
    variant.refresh_from_db()
    product.refresh_from_db()
    assert (variant.price_minor, variant.on_hand, variant.compare_at_minor) == (1200, 2, 3000)
    assert (product.title, product.description, product.price_minor) == ("Old", "Kept", 1200)
    assert (product.is_in_stock, product.status) == (False, "draft")
    moved = variant.movements.get()
    assert (moved.delta, moved.reason, moved.note[:6]) == (-3, "correction", "Import")
    assert refused(brought(vendor, "sku,stock\nA,1\n")) == [(2, "stock", "stock_promised")]
    assert counts(brought(vendor, "sku,title,compare_at\nA,New,\n")) == (0, 1, 0, 0)
    variant.refresh_from_db()
    assert (variant.compare_at_minor, variant.movements.count()) == (None, 1)


def test_what_the_platform_looks_at_first_waits_of_listings_on_sale(vendor: Vendor) -> None:
    product = listed(vendor=vendor, sku="A", title="Old", description="Kept")
    content = "sku,title,description,price,category\nA,New,Kept,12,mugs\n"
    assert counts(brought(vendor, content)) == (0, 1, 0, 0)
    product.refresh_from_db()
    assert (product.title, product.price_minor) == ("Old", 1200)
    change = product.changes.get()
    assert (change.title, change.description, change.category, change.status) == (
        "New",
        None,
        Category.objects.get(slug="mugs"),
        "pending",
    )


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("A,,New,mugs,5,,,,", "option1_value", FaultCode.MISSING_VALUE),
        ("N,,New,mugs,,,,,", "price", FaultCode.MISSING_VALUE),
        ("N,,,mugs,5,,,,", "title", FaultCode.MISSING_VALUE),
        ("N,,New,mugs,5,4,,,", "compare_at", FaultCode.BAD_COMPARE_AT),
        ("N,,New,mugs,5,,Size,,", "option1_value", FaultCode.MISSING_VALUE),
        ("N,mug,Mug,mugs,5,,Size,S,", "option1_value", FaultCode.OPTIONS_TAKEN),
        ("N,mug,Mug,mugs,5,,Colour,S,", "option1_name", FaultCode.OPTIONS_MISMATCH),
        ("A,other,Mug,mugs,5,,Size,S,", "product", FaultCode.SKU_OF_ANOTHER_PRODUCT),
        ("N,,New,mugs,5,,,,magic", "tax_category", FaultCode.UNKNOWN_TAX_CATEGORY),
    ],
)
def test_a_row_that_cannot_be_changes_nothing(vendor: Vendor, row: str, column: str, code: FaultCode) -> None:
    mug = listed(vendor=vendor, title="Mug", slug="mug", option_names=["Size"], sku="A")
    mug.variants.update(options={"Size": "S"})
    listed(vendor=vendor, slug="other")
    before = list(Product.objects.values()), list(Variant.objects.values())
    head = "sku,product,title,category,price,compare_at,option1_name,option1_value,tax_category"
    file = brought(vendor, f"{head}\n{row}\n")
    assert refused(file) == [(2, column, code.value)]
    assert (list(Product.objects.values()), list(Variant.objects.values())) == before


def test_one_bad_row_lets_its_product_be_and_a_bad_product_all_its_rows(vendor: Vendor) -> None:
    content = (
        "product,sku,title,category,price,option1_name,option1_value\n"
        "a,A-1,Mug,mugs,x,Size,S\n"
        "a,A-2,,,5,,L\n"
        "b,B-1,Cup,gone,5,Size,S\n"
        "b,B-2,,,5,,L\n"
        "c,C-1,Jar,mugs,5,,\n"
        "c,C-2,Pot,mugs,6,,\n"
    )
    file = brought(vendor, content)
    assert refused(file) == [
        (2, "price", "bad_price"),
        (4, "category", "unknown_category"),
        (5, "product", "product_refused"),
        (7, "product", "differs_in_product"),
    ]
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["A-2", "C-1"]


def test_a_dry_run_tells_the_same_and_changes_nothing(vendor: Vendor) -> None:
    content = f"{HEAD}\nA;Mug;;mugs;5;3\nB;Cup;;gone;5;3\n"
    tried = brought(vendor, content, is_dry_run=True)
    assert (counts(tried), refused(tried)) == ((1, 0, 0, 1), [(3, "category", "unknown_category")])
    assert (Product.objects.count(), StockMovement.objects.count()) == (0, 0)
    assert counts(brought(vendor, content)) == (1, 0, 0, 1)


def test_who_died_half_way_is_followed_by_who_goes_on(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROWS_A_BATCH", 2)
    content = "\n".join([HEAD, *(f"S{number};Mug;;mugs;5;1" for number in range(5))]).encode()
    file, _ = start_import(vendor=vendor, content=content, wish=Wish(), actor=None)
    applied, apply = [], running.APPLY["listings"]

    def die_at_the_second(*given: Any) -> None:
        apply(*given)
        applied.append(len(given[1]))
        if len(applied) == 2:
            raise SystemExit("killed")

    monkeypatch.setitem(running.APPLY, "listings", die_at_the_second)
    with pytest.raises(SystemExit):
        run_import(import_id=file.pk)
    file.refresh_from_db()
    assert (file.status, file.progress, Product.objects.count()) == ("running", 40, 2)
    run_import(import_id=file.pk)
    file.refresh_from_db()
    assert (applied, counts(file), file.progress) == ([2, 2, 2, 1], (5, 0, 0, 0), 100)
    assert (Product.objects.count(), ImportRow.objects.count(), ImportChunk.objects.count()) == (5, 0, 0)
    run_import(import_id=file.pk)
    assert len(applied) == 4


def test_an_import_that_never_ends_fails(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    file, _ = start_import(vendor=vendor, content=f"{HEAD}\nA;Mug;;mugs;5;".encode(), wish=Wish(), actor=None)

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(running.APPLY, "listings", fail)
    for _ in range(running.MOST_STARTS):
        with pytest.raises(ZeroDivisionError):
            run_import(import_id=file.pk)
    run_import(import_id=file.pk)
    file.refresh_from_db()
    assert (file.status, Product.objects.count()) == (ImportStatus.FAILED, 0)


def test_pictures_come_by_their_addresses_once(vendor: Vendor, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    pages = {"/a.png": Page(picture(width=50)), "/b.png": Page(picture(width=60)), "/no.svg": Page(b"<svg/>")}
    with serving(pages) as site:
        a, b, no = (site.url(path) for path in pages)
        content = (
            f"sku,title,category,price,images\nA,Mug,mugs,5,{a} {b}\nB,Cup,mugs,5,{a}\nC,Jar,mugs,5,{no}\n"
        )
        file = brought(vendor, content)
        assert (counts(file), refused(file)) == ((2, 0, 0, 1), [(4, "images", "unusable_image")])
        kept = ProductImage.objects.order_by("product", "position")
        assert [(each.product.title, each.width, each.position) for each in kept] == [
            ("Mug", 50, 0),
            ("Mug", 60, 1),
            ("Cup", 50, 0),
        ]
        assert len({each.file.name for each in kept}) == len([*tmp_path.rglob("*.webp")]) == 3
        asked = len(site.asked)
        ours = [f"{settings.SITE_URL}/media/{each.file.name}" for each in kept]
        again = f"sku,images\nA,{ours[0]} {b}\nB,{a}\n"
        assert counts(brought(vendor, again)) == (0, 0, 2, 0)
        assert len(site.asked) == asked
        # Our own picture for another listing is copied, not shared.
        assert counts(brought(vendor, f"sku,images\nB,{ours[1]}\n")) == (0, 1, 0, 0)
        assert len(site.asked) == asked
    assert len({each.file.name for each in ProductImage.objects.all()}) == 4


def test_a_batch_costs_as_many_statements_whatever_it_holds(vendor: Vendor) -> None:
    def statements(rows: range) -> int:
        content = "\n".join([HEAD, *(f"S{number};Mug;;mugs;5;1" for number in rows)]).encode()
        file, _ = start_import(vendor=vendor, content=content, wish=Wish(), actor=None)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run_import(import_id=file.pk)
        return len(captured)

    statements(range(1))
    assert [statements(range(10, 11)), statements(range(20, 23))] == [41, 41]


def test_of_two_vendors_with_one_sku_each_has_its_own(vendor: Vendor) -> None:
    foreign = VariantFactory.create(sku="A", price_minor=100)
    file = brought(vendor, f"product;{HEAD}\n{foreign.product.slug};A;Mug;;mugs;5;1\n")
    assert counts(file) == (1, 0, 0, 0)
    foreign.refresh_from_db()
    assert (foreign.price_minor, foreign.on_hand) == (100, 5)
    assert Variant.objects.get(vendor=vendor).product.vendor == vendor
