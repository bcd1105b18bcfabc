"""Sessions in the database: Django's own, begun in one statement instead of two."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string

KEY_LENGTH = 32


class SessionStore(db.SessionStore):
    def _get_new_session_key(self) -> str:
        """A key that nobody has: of 165 random bits, and inserting it would fail and be tried anew."""
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
