import pytest

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.snippets import Snippet, beginning, snippet_as_kept


def test_a_text_is_cut_behind_a_word() -> None:
    assert beginning(" Tea\n\n for  two ") == "Tea for two"
    assert beginning("Tea for two", longest=9) == "Tea for…"
    assert beginning("Teapots", longest=4) == "Tea…"


def test_a_snippet_is_kept_within_bounds() -> None:
    assert snippet_as_kept(Snippet(title=" A  b ", description="")) == Snippet(title="A b", description="")
    for wrong in (Snippet(title="x" * 71, description=""), Snippet(title="", description="x" * 201)):
        with pytest.raises(InvalidInput):
            snippet_as_kept(wrong)
