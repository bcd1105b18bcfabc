"""Words of a message as HTML that mail programs understand: they read no style sheet for certain."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

PARAGRAPHS = re.compile(r"\n\s*\n")


@register.filter
def paragraphs(words: str) -> SafeString:
    """Each block of lines as a paragraph; line breaks inside are kept. What is not escaped yet, is."""
    blocks = (block.strip() for block in PARAGRAPHS.split(conditional_escape(words)))
    html = "".join(
        f'<p style="margin:0 0 16px">{"<br>".join(block.splitlines())}</p>' for block in blocks if block
    )
    return mark_safe(html)  # noqa: S308  # escaped above
