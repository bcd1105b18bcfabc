"""What the platform's staff may do about collections."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from catalog.models import Collection
from catalog.operations import collections
from catalog.permissions import CHANGE_COLLECTIONS
from catalog.selectors.collections import all_collections
from marketplace.api import fields
from marketplace.api.collections.inputs import DeleteCollectionInput, SaveCollectionInput
from marketplace.api.collections.types import CollectionType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import NotFound
from vendors.errors import NotPermitted


@strawberry.type(description="The collection as it is now.")
class CollectionSuccess:
    row: strawberry.Private[Collection]

    @fields.field(CollectionType, description="The collection as it is now.")
    def collection(self, info: Info) -> Collection:
        return fields.refetch(self.row, info)


@strawberry.type(description="The collection is no more.")
class DeleteCollectionSuccess:
    @fields.connection(CollectionType, description="What is left of the collections.")
    def collections(self, info: Info) -> "QuerySet[Collection]":  # noqa: ARG002
        return all_collections()


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound, NotPermitted, description="Platform: put products together, or change what was."
    )
    def save_collection(self, info: Info, input: Annotated[SaveCollectionInput, INPUT]) -> CollectionSuccess:
        actor = info.context.demand_staff(CHANGE_COLLECTIONS)
        key = (
            None
            if input.collection is None
            else decode_key(input.collection, "Collection", field="collection")
        )
        row = collections.save_collection(draft=input.to_domain(), actor=actor, collection_id=key)
        return CollectionSuccess(row=row)

    @fields.mutation(NotFound, NotPermitted, description="Platform: delete a collection; its products stay.")
    def delete_collection(
        self, info: Info, input: Annotated[DeleteCollectionInput, INPUT]
    ) -> DeleteCollectionSuccess:
        actor = info.context.demand_staff(CHANGE_COLLECTIONS)
        key = decode_key(input.collection, "Collection", field="collection")
        collections.delete_collection(collection_id=key, actor=actor)
        return DeleteCollectionSuccess()
