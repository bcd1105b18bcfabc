"""What search engines show of a page: words of its own, or else those that stand on it."""

from dataclasses import dataclass
from typing import Final

from django.db import models

from marketplace.kernel.texts import line

LONGEST_TITLE: Final = 70
LONGEST_DESCRIPTION: Final = 200


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """The title and the description of a page."""

    title: str
    description: str

    def as_columns(self) -> dict[str, str]:
        """As a row keeps it."""
        return {"meta_title": self.title, "meta_description": self.description}


class Snipped(models.Model):
    """Rows that have a page, and may say how search engines show it."""

    meta_title = models.CharField(max_length=LONGEST_TITLE, blank=True, default="", db_default="")
    meta_description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def snippet_of(self, title: str, text: str) -> Snippet:
        """Its own words; where it has none, its title and the beginning of its text."""
        return Snippet(title=self.meta_title or title, description=self.meta_description or beginning(text))


def snippet_as_kept(given: Snippet) -> Snippet:
    """A snippet that somebody wrote, made fit to keep; empty words are none. Raises InvalidInput."""
    return Snippet(
        title=line(given.title, field="seo.title", longest=LONGEST_TITLE, shortest=0),
        description=line(given.description, field="seo.description", longest=LONGEST_DESCRIPTION, shortest=0),
    )


def beginning(text: str, longest: int = LONGEST_DESCRIPTION) -> str:
    """A text on one line, cut behind a word where it is too long."""
    whole = " ".join(text.split())
    if len(whole) <= longest:
        return whole
    cut = whole[:longest]
    return f"{cut.rpartition(' ')[0] or cut[:-1]}…"
