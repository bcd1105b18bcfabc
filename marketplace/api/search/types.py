"""What buyers may be about to type, and what they looked for."""

import datetime
from typing import Self, cast

import strawberry

from catalog.selectors.searches import Searched
from catalog.selectors.suggestions import Suggestion, SuggestionKind
from marketplace.api.choices import enum_of

enum_of(
    SuggestionKind,
    description="What a suggestion leads to.",
    values={
        SuggestionKind.QUERY: "Words that others searched for, and found something.",
        SuggestionKind.CATEGORY: "A category.",
        SuggestionKind.VENDOR: "A vendor.",
        SuggestionKind.PRODUCT: "A product.",
    },
)


@strawberry.type(description="What a buyer may be about to type.")
class SearchSuggestion:
    kind: SuggestionKind = strawberry.field(description="What it leads to.")
    text: str = strawberry.field(description="What buyers read.")
    slug: str | None = strawberry.field(description="Names the thing in addresses; null for words.")

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        """The domain's suggestion as it looks outside; the two have the same shape."""
        return cast("Self", suggestion)


@strawberry.type(description="A text that buyers looked for; nothing is kept of who they were.")
class SearchedText:
    text: str = strawberry.field(description="In small letters, without accents.")
    times: int = strawberry.field(description="How often.")
    found: int = strawberry.field(description="How many products there were at least, counted up to a page.")
    last_on: datetime.date = strawberry.field(description="The last day on which somebody did.")

    @classmethod
    def of(cls, searched: Searched) -> Self:
        """Like `SearchSuggestion.of`."""
        return cast("Self", searched)
