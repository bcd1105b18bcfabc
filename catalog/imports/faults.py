"""What may be wrong with a row of a file, and how it is told."""

from enum import StrEnum

from typing_extensions import override


class FaultCode(StrEnum):
    """Why a row is refused; each value is what the file of refused rows says."""

    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    BAD_QUOTES = "bad_quotes"
    BAD_JSON = "bad_json"
    ROW_TOO_LONG = "row_too_long"
    CELL_TOO_LONG = "cell_too_long"
    BAD_CHARACTER = "bad_character"
    MISSING_VALUE = "missing_value"
    TOO_LONG = "too_long"
    DUPLICATE_SKU = "duplicate_sku"
    UNKNOWN_SKU = "unknown_sku"
    BAD_PRICE = "bad_price"
    BAD_COMPARE_AT = "bad_compare_at"
    OTHER_CURRENCY = "other_currency"
    BAD_STOCK = "bad_stock"
    NEGATIVE_STOCK = "negative_stock"
    STOCK_PROMISED = "stock_promised"
    BAD_QUANTITY = "bad_quantity"
    UNKNOWN_REASON = "unknown_reason"
    BAD_WEIGHT = "bad_weight"
    NOT_YES_OR_NO = "not_yes_or_no"
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_TAX_CATEGORY = "unknown_tax_category"
    OPTIONS_MISMATCH = "options_mismatch"
    OPTIONS_TAKEN = "options_taken"
    TOO_MANY_VARIANTS = "too_many_variants"
    UNKNOWN_ATTRIBUTE = "unknown_attribute"
    BAD_ATTRIBUTE = "bad_attribute"
    SKU_OF_ANOTHER_PRODUCT = "sku_of_another_product"
    DIFFERS_IN_PRODUCT = "differs_in_product"
    PRODUCT_REFUSED = "product_refused"
    CANNOT_BE_SUBMITTED = "cannot_be_submitted"
    BAD_TAGS = "bad_tags"
    BAD_ADDRESS = "bad_address"
    TOO_MANY_IMAGES = "too_many_images"
    IMAGE_UNREACHABLE = "image_unreachable"
    UNUSABLE_IMAGE = "unusable_image"


class Fault(Exception):  # noqa: N818  # what is the matter with the row
    """A row cannot be applied: the column at fault, a code, and a few words for people."""

    def __init__(self, column: str, code: FaultCode, words: str = "") -> None:
        super().__init__(f"{column}: {code.value}")
        self.column = column
        self.code = code
        self.words = words

    @override
    def __str__(self) -> str:
        return f"{self.column}: {self.code.value} {self.words}".strip()
