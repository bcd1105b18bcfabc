"""The orders of a list of reviews; each ends in the primary key, so that it is total."""

from enum import Enum


class ReviewSort(Enum):
    NEWEST = "newest"
    MOST_HELPFUL = "most_helpful"
    HIGHEST = "highest"
    LOWEST = "lowest"
