"""Pictures as every app shows them."""

import strawberry
from django.core.files.storage import default_storage

from marketplace.api import fields
from marketplace.kernel.pictures import StoredPicture


@strawberry.type(description="One size a picture is kept in.")
class Rendition:
    width: int = strawberry.field(description="In pixels.")
    height: int = strawberry.field(description="In pixels.")
    url: str = strawberry.field(description="Where it is; WebP.")


@strawberry.type
class Pictured:
    """What is told of any picture."""

    alt: str = fields.attribute(description="What it shows, for those who do not see it.")
    width: int = fields.attribute(description="Of the largest size, in pixels.")
    height: int = fields.attribute(description="Of the largest size, in pixels.")
    placeholder: str = fields.attribute(description="A tiny blurred version as a data address.")

    @fields.field(description="Where the largest size is.", only=["file"])
    @staticmethod
    def url(root: strawberry.Parent[StoredPicture]) -> str:
        return default_storage.url(root.file.name)

    @fields.field(description="The sizes it is kept in, smallest first.", only=["renditions"])
    @staticmethod
    def renditions(root: strawberry.Parent[StoredPicture]) -> list[Rendition]:
        return [
            Rendition(width=each["width"], height=each["height"], url=default_storage.url(each["name"]))
            for each in root.renditions
        ]
