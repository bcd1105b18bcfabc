"""The stamp on what we leave with a provider.

One account of a provider may serve several installations, a test and a rehearsal say, and each hears the
events of all. The stamp tells whether an unknown object is another's, or ours and merely not stored yet.
"""

from collections.abc import Mapping
from typing import Final

from django.conf import settings

INSTALLATION: Final = "installation"


def stamped(metadata: Mapping[str, str]) -> dict[str, str]:
    """The metadata with our stamp; every adapter sends it so."""
    return {**metadata, INSTALLATION: settings.SITE_URL}


def is_ours(metadata: Mapping[str, str]) -> bool:
    """Whether this installation left the object there."""
    return metadata.get(INSTALLATION) == settings.SITE_URL
