"""What happens in the sandbox is written down as events, in the transaction in which it happens."""

from datetime import timedelta
from typing import Final

from marketplace.gateway.events import SandboxEventRecorded
from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.models.sandbox import SandboxObject
from marketplace.gateway.sandbox import shapes
from marketplace.gateway.sandbox.rows import reference
from marketplace.kernel import clock
from marketplace.kernel.events import publish

# A worker has so long to deliver an event before the clock takes it up.
FIRST_CHANCE: Final = timedelta(seconds=30)


def record(*happened: tuple[str, SandboxObject]) -> None:
    """Write down what happened, in this order: the type of the event and its object as it is now.

    Side effects: publishes SandboxEventRecorded for each.
    """
    due_at = clock.now() + FIRST_CHANCE
    events = SandboxEvent.objects.bulk_create(
        [
            SandboxEvent(
                ref=reference("evt"),
                type=type_,
                object_type=content["object"],
                object_ref=subject.ref,
                account_ref=subject.connected_ref,
                content=content,
                due_at=due_at,
            )
            for type_, subject in happened
            for content in [shapes.for_event(subject)]
        ]
    )
    for event in events:
        publish(SandboxEventRecorded(event_id=event.pk))
