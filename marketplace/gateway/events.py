"""What happens in the gateway, as frozen facts of ids."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SandboxEventRecorded:
    """The sandbox has something to tell us by webhook."""

    event_id: int
