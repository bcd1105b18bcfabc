"""What search engines show of a page, in the API."""

import strawberry

from marketplace.kernel.snippets import Snippet


@strawberry.type(
    name="Seo",
    description="What search engines show of a page: its own words, or those that stand on it.",
)
class SnippetType:
    title: str = strawberry.field(description="The title of the page.")
    description: str = strawberry.field(description="A sentence or two about it.")


@strawberry.input(
    name="SeoInput", description="What search engines shall show of a page; empty: what stands on it."
)
class SnippetInput:
    title: str = strawberry.field(default="", description="The title of the page, 70 characters at most.")
    description: str = strawberry.field(default="", description="About it, 200 characters at most.")

    def to_domain(self) -> Snippet:
        """As it is kept."""
        return Snippet(title=self.title, description=self.description)
