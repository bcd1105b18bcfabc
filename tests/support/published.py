"""What is said while something is done, with the reactions of the real table or with none."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from marketplace.kernel.events import Subscriptions, on
from marketplace.subscriptions import SUBSCRIPTIONS

# The real events, without what follows from them.
NOTHING_FOLLOWS = Subscriptions(*(on(event) for event in SUBSCRIPTIONS.by_event))


@contextmanager
def published(*kinds: type) -> Iterator[list[object]]:
    """The events that are published inside, in their order; of these kinds, or those of the checkout."""
    said: list[object] = []
    publish = Subscriptions.publish

    def note(table: Subscriptions, event: object) -> None:
        if isinstance(event, kinds) if kinds else type(event).__module__ == "checkout.events":
            said.append(event)
        publish(table, event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Subscriptions, "publish", note)
        yield said
