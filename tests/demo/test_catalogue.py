from django.utils.text import slugify

from marketplace.demo import catalogue, motifs
from marketplace.demo.loading import LOGINS
from vendors.permissions import VendorRole

GOODS = catalogue.read()


def test_every_name_in_the_catalogue_leads_somewhere() -> None:
    people = {person.email for person in GOODS.people}
    vendors = {vendor.slug for vendor in GOODS.vendors}
    categories = {category.slug for category in GOODS.categories}
    assert {vendor.owner for vendor in GOODS.vendors} <= people
    assert {member.email for vendor in GOODS.vendors for member in vendor.members} <= people
    assert {member.role for vendor in GOODS.vendors for member in vendor.members} <= set(VendorRole)
    assert {product.vendor for product in GOODS.products} <= vendors
    assert {product.category for product in GOODS.products} <= categories
    assert {product.motif for product in GOODS.products} == set(motifs.MOTIFS)


def test_slugs_are_those_that_operations_will_give() -> None:
    assert [each for each in GOODS.vendors if each.slug != slugify(each.name)] == []
    assert [each for each in GOODS.categories if each.slug != slugify(each.name)] == []


def test_a_category_stands_after_its_parent() -> None:
    slugs = [category.slug for category in GOODS.categories]
    assert [
        each
        for each in GOODS.categories
        if each.parent and each.parent not in slugs[: slugs.index(each.slug)]
    ] == []


def test_article_numbers_are_used_once() -> None:
    numbers = [variant.sku for product in GOODS.products for variant in product.variants]
    assert len(numbers) == len(set(numbers))


def test_variants_answer_the_options_of_their_product() -> None:
    assert [
        variant.sku
        for product in GOODS.products
        for variant in product.variants
        if tuple(variant.options) != product.options
    ] == []


def test_there_is_something_of_every_state_to_see() -> None:
    variants = [variant for product in GOODS.products for variant in product.variants]
    assert {vendor.status for vendor in GOODS.vendors} == {"approved", "applied"}
    assert {product.status for product in GOODS.products} == {"published", "proposed"}
    assert 0 in {variant.stock for variant in variants}
    assert any(variant.compare_at for variant in variants)


def test_the_printed_logins_are_people_of_the_catalogue() -> None:
    people = {person.email: person for person in GOODS.people}
    assert {LOGINS["buyer"], LOGINS["staff"], LOGINS["admin"]} <= set(people)
    assert [person.email for person in GOODS.people if person.is_admin] == [LOGINS["admin"]]
    assert [
        vendor.name for vendor in GOODS.vendors if LOGINS["staff"] in {one.email for one in vendor.members}
    ] == [LOGINS["vendor"]]
