"""Collections, as the platform's staff put them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from catalog.models import Collection, CollectionProduct, Product
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.locking import lock_one
from marketplace.kernel.slugs import insert_with_slug
from marketplace.kernel.snippets import Snippet, snippet_as_kept
from marketplace.kernel.texts import line, prose

MOST_PRODUCTS: Final = 100
LAST_POSITION: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class CollectionDraft:
    """A collection as it shall be.

    Attributes:
        products: keys, in their order; None leaves them.
        snippet: what search engines show; empty words stand for those on the page. None leaves it.
    """

    title: str
    description: str = ""
    position: int = 0
    is_published: bool = False
    products: Sequence[int] | None = None
    snippet: Snippet | None = None


def save_collection(*, draft: CollectionDraft, actor: User, collection_id: int | None = None) -> Collection:
    """Make a collection, or let one be as the draft says; its slug stays.

    Locks the collection. Audited. Raises NotFound, InvalidInput. Nothing changes when it is saved again.
    """
    title = line(draft.title, field="title", longest=100)
    description = prose(draft.description, field="description", longest=4000)
    if not 0 <= draft.position <= LAST_POSITION:
        raise InvalidInput(field="position", reason=f"This must be between 0 and {LAST_POSITION:,}.")
    products = None if draft.products is None else _known(draft.products)
    snippet = None if draft.snippet is None else snippet_as_kept(draft.snippet)

    def insert(slug: str) -> Collection:
        return Collection.objects.create(slug=slug, title=title)

    with transaction.atomic():
        if collection_id is None:
            made = insert_with_slug(
                Collection.objects.all(), text=title, fallback="collection", insert=insert
            )
            collection_id = made.pk
        collection = _locked(collection_id)
        collection.title, collection.description = title, description
        collection.position, collection.is_published = draft.position, draft.is_published
        if snippet is not None:
            for name, value in snippet.as_columns().items():
                setattr(collection, name, value)
        collection.save()
        if products is not None:
            _place(collection, products)
        audit.record(
            actor=actor,
            action="catalog.collection_saved",
            subject=collection,
            after={"slug": collection.slug, "title": title, "is_published": draft.is_published},
        )
    return collection


def delete_collection(*, collection_id: int, actor: User) -> None:
    """Delete a collection; its products stay. Locks it. Audited. Raises NotFound."""
    with transaction.atomic():
        collection = _locked(collection_id)
        before = {"slug": collection.slug, "title": collection.title}
        audit.record(actor=actor, action="catalog.collection_deleted", subject=collection, before=before)
        collection.delete()


def _locked(collection_id: int) -> Collection:
    try:
        return lock_one(Collection.objects.filter(pk=collection_id))
    except Collection.DoesNotExist:
        raise NotFound(thing="collection", field="collection") from None


def _known(products: Sequence[int]) -> list[int]:
    """The products, each once. One statement. Raises InvalidInput for one there is not."""
    wanted = list(dict.fromkeys(products))
    if len(wanted) > MOST_PRODUCTS:
        raise InvalidInput(field="products", reason=f"At most {MOST_PRODUCTS} products.")
    if Product.objects.visible().filter(pk__in=wanted).count() < len(wanted):
        raise InvalidInput(field="products", reason="One of these is no product that buyers see.")
    return wanted


def _place(collection: Collection, products: Sequence[int]) -> None:
    """Two statements, however many."""
    CollectionProduct.objects.filter(collection=collection).delete()
    CollectionProduct.objects.bulk_create(
        CollectionProduct(collection=collection, product_id=key, position=position)
        for position, key in enumerate(products)
    )
