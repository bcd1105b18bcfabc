"""What helps buyers to search, and what the platform learns of their searches."""

from typing import Annotated

import strawberry

from catalog.permissions import VIEW_SEARCHES
from catalog.selectors.searches import searches
from catalog.selectors.suggestions import suggestions
from marketplace.api import fields, rates
from marketplace.api.context import Info
from marketplace.api.search.types import SearchedText, SearchSuggestion

Text = Annotated[str, strawberry.argument(description="What was typed so far, two letters at least.")]
Each = Annotated[int, strawberry.argument(description="How many of each kind, 20 at most.")]
Days = Annotated[int, strawberry.argument(description="Of so many days, 90 at most.")]
First = Annotated[int, strawberry.argument(description="How many, 100 at most.")]
InVain = Annotated[bool, strawberry.argument(description="Only what found nothing.")]


@strawberry.type
class Query:
    @fields.field(
        list[SearchSuggestion],
        description="What a buyer may be about to type: words that others searched for, categories, vendors, "
        "and products, those that sell best first.",
    )
    def search_suggestions(self, info: Info, text: Text, first: Each = 5) -> list[SearchSuggestion]:
        rates.count_suggestion(info)
        return [SearchSuggestion.of(each) for each in suggestions(text, first)]


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.field(
        list[SearchedText] | None,
        description="What buyers looked for most, with words alone. Searches that are narrowed further and "
        "answers from caches are not counted, and those of the last seconds not yet.",
    )
    def searches(
        self, info: Info, zero_results_only: InVain = False, days: Days = 30, first: First = 50
    ) -> list[SearchedText]:
        info.context.demand_staff(VIEW_SEARCHES)
        found = searches(days=days, first=first, is_in_vain=zero_results_only)
        return [SearchedText.of(each) for each in found]
