"""What the mutations on collections take."""

import strawberry

from catalog.operations.collections import CollectionDraft
from marketplace.api.scalars import decode_key
from marketplace.api.snippets import SnippetInput


@strawberry.input(description="A collection as it shall be; a new one, or a change of one.")
class SaveCollectionInput:
    collection: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; new if absent."
    )
    title: str = strawberry.field(description="What it shall be called.")
    description: str = strawberry.field(default="", description="What is said of it.")
    position: int = strawberry.field(default=0, description="Its place among the collections.")
    is_published: bool = strawberry.field(default=False, description="Whether buyers see it.")
    products: list[strawberry.ID] | None = strawberry.field(
        default=None, description="What stands in it, in order, a hundred at most; left out, it stays."
    )
    seo: SnippetInput | None = strawberry.field(
        default=None, description="What search engines show; left out, it stays."
    )

    def to_domain(self) -> CollectionDraft:
        """Raises InvalidInput for an id that is none of a product."""
        return CollectionDraft(
            title=self.title,
            description=self.description,
            position=self.position,
            is_published=self.is_published,
            products=None if self.products is None else list(map(_product, self.products)),
            snippet=None if self.seo is None else self.seo.to_domain(),
        )


@strawberry.input(description="Delete a collection; its products stay.")
class DeleteCollectionInput:
    collection: strawberry.ID = strawberry.field(description="The collection.")


def _product(identifier: str) -> int:
    return decode_key(identifier, "Product", field="products")
