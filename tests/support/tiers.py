"""A pytest plugin: the slow tiers run only when asked for, and what was left out is said in one line.

Plain `uv run pytest` leaves out every tier below; any `-m` expression decides by itself.
"""

from collections import Counter

import pytest

TIERS = ("deep", "realdata", "browser")

_left_out = pytest.StashKey[Counter[str]]()
REPORT = "tiers_left_out"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tiers; under xdist every worker does so by itself, and they agree."""
    if config.getoption("markexpr"):
        return
    tiers = {item: tier_of(item) for item in items}
    config.stash[_left_out] = Counter(tier for tier in tiers.values() if tier)
    config.hook.pytest_deselected(items=[item for item in items if tiers[item]])
    items[:] = [item for item in items if not tiers[item]]


def tier_of(item: pytest.Item) -> str | None:
    """The first of the tiers whose mark the test bears."""
    return next((tier for tier in TIERS if item.get_closest_marker(tier)), None)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep each file of tests on real sales with one worker: what it imports, it imports once."""
    if "realdata" in config.getoption("markexpr") and config.getoption("dist", None) == "worksteal":
        config.option.dist = "loadfile"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its counts to the process that prints."""
    output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        left_out = session.config.stash.get(_left_out, Counter[str]())
        output[REPORT] = dict(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take a worker's counts: all workers collect the same tests, so the last one's will do."""
    config: pytest.Config = getattr(node, "config")  # noqa: B009  # xdist has no types
    config.stash[_left_out] = Counter(getattr(node, "workeroutput", {}).get(REPORT, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the one line."""
    left_out = terminalreporter.config.stash.get(_left_out, Counter[str]())
    if left_out:
        terminalreporter.write_line(sentence(left_out))


def sentence(left_out: Counter[str]) -> str:
    """`not run: 12 deep (-m deep), 3 browser (-m browser)`."""
    return "not run: " + ", ".join(f"{left_out[tier]} {tier} (-m {tier})" for tier in TIERS if left_out[tier])
