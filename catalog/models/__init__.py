"""What is for sale: categories, listings with their variants, pictures and attributes, and stock."""

# First, for fixtures stand in the order of models: a product that comes after its slugs remembers none anew.
from catalog.models.slugs import ProductSlug as ProductSlug

# isort: split

from catalog.models.attributes import Attribute as Attribute
from catalog.models.attributes import AttributeChoice as AttributeChoice
from catalog.models.attributes import AttributeKind as AttributeKind
from catalog.models.attributes import CategoryAttribute as CategoryAttribute
from catalog.models.attributes import ProductAttribute as ProductAttribute
from catalog.models.categories import Category as Category
from catalog.models.categories import CategoryQuerySet as CategoryQuerySet
from catalog.models.collections import Collection as Collection
from catalog.models.collections import CollectionProduct as CollectionProduct
from catalog.models.images import MAX_IMAGES as MAX_IMAGES
from catalog.models.images import ProductImage as ProductImage
from catalog.models.imports import ImportChunk as ImportChunk
from catalog.models.imports import ImportKind as ImportKind
from catalog.models.imports import ImportRow as ImportRow
from catalog.models.imports import ImportStatus as ImportStatus
from catalog.models.imports import ListingImport as ListingImport
from catalog.models.imports import TableFormat as TableFormat
from catalog.models.products import AGREED as AGREED
from catalog.models.products import MAX_OPTIONS as MAX_OPTIONS
from catalog.models.products import MAX_TAGS as MAX_TAGS
from catalog.models.products import PRODUCT_MOVES as PRODUCT_MOVES
from catalog.models.products import STANDARD as STANDARD
from catalog.models.products import Product as Product
from catalog.models.products import ProductGroupObjectPermission as ProductGroupObjectPermission
from catalog.models.products import ProductQuerySet as ProductQuerySet
from catalog.models.products import ProductStatus as ProductStatus
from catalog.models.products import ProductUserObjectPermission as ProductUserObjectPermission
from catalog.models.products import RejectionReason as RejectionReason
from catalog.models.reviews import CHANGE_MOVES as CHANGE_MOVES
from catalog.models.reviews import ChangePicture as ChangePicture
from catalog.models.reviews import ChangeStatus as ChangeStatus
from catalog.models.reviews import ListingField as ListingField
from catalog.models.reviews import ProductChange as ProductChange
from catalog.models.reviews import ProductRejection as ProductRejection
from catalog.models.stock import Reservation as Reservation
from catalog.models.stock import ReservationState as ReservationState
from catalog.models.stock import StockMovement as StockMovement
from catalog.models.stock import StockReason as StockReason
from catalog.models.variants import LOW_STOCK as LOW_STOCK
from catalog.models.variants import StockLevel as StockLevel
from catalog.models.variants import Variant as Variant
from catalog.models.words import LONGEST_TALLIED as LONGEST_TALLIED
from catalog.models.words import SearchTally as SearchTally
from catalog.models.words import SearchWord as SearchWord
