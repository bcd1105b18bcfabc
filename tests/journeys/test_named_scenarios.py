"""The table of scenarios names tests that there are."""

import re

from marketplace import env

NAMED = re.compile(r"`([a-z_/0-9]+\.py)::(test_\w+)`")


def test_every_test_of_the_table_of_scenarios_is_there() -> None:
    page = (env.PROJECT_DIR / "docs" / "payments-stripe.md").read_text(encoding="utf-8")
    named = NAMED.findall(page)
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (env.PROJECT_DIR / "tests" / file).read_text(encoding="utf-8")
    ]
    assert (len(named) > 40, missing) == (True, [])
