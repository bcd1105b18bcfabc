"""What buyers and vendors say to each other, for whoever stands above: frozen ids."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReviewPublished:
    """Everybody may read it now, for the first time or again."""

    review_id: int


@dataclass(frozen=True)
class ReviewRejected:
    """The platform has taken it down, or never let it be shown."""

    review_id: int


@dataclass(frozen=True)
class ReviewReported:
    """Somebody finds that it should not be shown."""

    review_id: int


@dataclass(frozen=True)
class ReviewReplied:
    """The vendor has answered in public; published once for each review."""

    review_id: int


@dataclass(frozen=True)
class AlertsWanted:
    """A user has asked for mail about things, there and then."""

    user_id: int


@dataclass(frozen=True)
class VariantRestocked:
    """Of a variant that could not be had there is something again."""

    variant_id: int
