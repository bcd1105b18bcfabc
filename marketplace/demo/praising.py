"""What the customers of the demo's past say of what they bought: the same each time."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Final
from zlib import crc32

from checkout.models import OrderLine
from marketplace.community.history import PastReview, bring_reviews
from marketplace.community.models import Review
from marketplace.demo import past
from marketplace.kernel import clock

# Of so many buyers one writes, some days after it has arrived.
WRITES: Final = 0.24
LEAST, MOST = 4, 30
ANSWERED: Final = {1: 0.9, 2: 0.7, 3: 0.3, 4: 0.1, 5: 0.12}
NAMES: Final = (
    "Aino", "Bastien", "Carla", "Dmitri", "Elif", "Frida", "Gwen", "Henk", "Ilse", "Joana", "Karel", "Lea",
    "Marta", "Nils", "Oona", "Pieter", "Rosa", "Stijn", "Tereza", "Ugo", "Vera", "Wim", "Yara", "Zoltan",
)  # fmt: skip
SAID: Final = {
    5: (
        ("Exactly as shown", "It came well packed, a day early, and looks just like the picture."),
        ("Would buy again", "Bought one for us and have ordered two more as presents since."),
        ("Made with care", "You can tell that a person made this. The little note in the box was lovely."),
        ("In use every day", "Three months on and it still looks new. Worth every cent."),
        ("A lovely present", "My sister guessed the shop before she had it unwrapped. She was right."),
        ("Better than hoped", "I had been looking for years for one that simply works. This one does."),
        ("", "Perfect."),
    ),
    4: (
        ("Very good", "Does what it should and looks fine. Delivery took a little longer than it said."),
        ("Nearly perfect", "The colour is a shade darker than on my screen, otherwise all is well."),
        ("Good, not cheap", "A bit more than I meant to spend. I have not regretted it yet."),
        ("Solid", "Well made. I would have liked a word on how to look after it."),
    ),
    3: (
        ("It is fine", "Smaller than I imagined, though the measures do say so. Fine for what it costs."),
        ("Mixed feelings", "Nice to look at, less nice to clean."),
        ("Average", "Neither good nor bad. My neighbour likes hers better."),
    ),
    2: (
        ("Not for me", "The finish was rough on one side. They were friendly about it, at least."),
        ("Expected more", "It arrived late and the box was dented. The thing itself is all right."),
    ),
    1: (("Arrived broken", "Broken in the parcel. I had the money back within two days."),),
}  # fmt: skip
ANSWERS: Final = {
    True: (
        "Thank you for writing. We have changed how we pack these; please tell us if anything is left.",
        "We are sorry. That one should not have left the workshop, and we have sent you a message about it.",
    ),
    False: ("Thank you, that made our morning.", "Lovely to hear. Come by if you are ever near."),
}


def praise() -> int:
    """Bring in what was said of the demo's past, unless something was; returns how many reviews."""
    if Review.objects.exists():
        return 0
    return bring_reviews(_past())


def _past() -> Iterator[PastReview]:
    dice = Random(past.SEED)  # noqa: S311  # nobody's secret
    sold = OrderLine.objects.filter(
        vendor_order__order__source=past.SOURCE, vendor_order__order__billing_profile__source=past.SOURCE
    )
    rows = sold.order_by("vendor_order__order__reference", "reference").values_list(
        "pk", "product__slug", "vendor_order__order__placed_at"
    )
    for key, slug, placed_at in rows:
        written_at = placed_at + timedelta(days=dice.randint(LEAST, MOST), minutes=dice.randrange(600))
        stars = _stars(slug, dice)
        title, text = dice.choice(SAID[stars])
        name, helpful = dice.choice(NAMES), max(0, round(dice.gauss(0, 1.6)))
        is_answered = dice.random() < ANSWERED[stars]
        answer = dice.choice(ANSWERS[stars < 4]) if is_answered else ""
        if dice.random() < WRITES and written_at < clock.now():
            yield PastReview(
                order_line_id=key,
                stars=stars,
                written_at=written_at,
                title=title,
                text=text,
                author_name=name,
                helpful_count=helpful,
                reply=answer,
                replied_at=min(written_at + timedelta(days=2), clock.now()) if answer else None,
            )


def _stars(slug: str, dice: Random) -> int:
    """How well a thing is liked: some are better than others, and people differ."""
    liked = 3.6 + crc32(slug.encode()) % 14 / 10
    return min(5, max(1, round(dice.gauss(liked, 0.8))))
