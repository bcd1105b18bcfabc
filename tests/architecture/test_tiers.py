"""The slow tiers stay out unless asked for, in one process and in several, and a line says so."""

import pytest

from marketplace.env import PROJECT_DIR

pytest_plugins = ["pytester"]

TESTS = """
    import pytest

    def test_fast(): pass

    @pytest.mark.deep
    def test_thousands_of_histories(): pass

    @pytest.mark.deep
    @pytest.mark.browser
    def test_thousands_of_clicks(): pass

    @pytest.mark.browser
    def test_clicks(): pass
"""


@pytest.fixture(autouse=True)
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with those tests, and our plugin within reach."""
    pytester.makepyfile(TESTS)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT_DIR))


def _run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    plugins = ["-p", "tests.support.tiers", "-p", "no:django", "-p", "no:cacheprovider", "-W", "ignore"]
    return pytester.runpytest_subprocess(*plugins, *options)


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_plain_run_leaves_the_tiers_out_and_says_so(pytester: pytest.Pytester, processes: str) -> None:
    run = _run(pytester, "-n", processes)
    assert run.outlines.count("not run: 2 deep (-m deep), 1 browser (-m browser)") == 1
    assert run.parseoutcomes().get("passed") == 1


def test_a_tier_that_is_asked_for_runs(pytester: pytest.Pytester) -> None:
    run = _run(pytester, "-n", "0", "-m", "deep")
    assert run.parseoutcomes()["passed"] == 2
    assert [line for line in run.outlines if line.startswith("not run")] == []


def test_what_a_file_on_real_sales_imports_it_imports_once(pytester: pytest.Pytester) -> None:
    tests = """
        import os, pathlib, pytest

        @pytest.mark.realdata
        @pytest.mark.parametrize("number", range(8))
        def test_sales(number):
            with pathlib.Path("{name}.workers").open("a") as file:
                file.write(os.environ["PYTEST_XDIST_WORKER"] + " ")
    """
    pytester.makepyfile(**{f"test_{name}": tests.format(name=name) for name in ("first", "second")})
    run = _run(pytester, "-n", "2", "--dist", "worksteal", "-m", "realdata")
    assert run.parseoutcomes()["passed"] == 16
    workers = [(pytester.path / f"{name}.workers").read_text().split() for name in ("first", "second")]
    assert [len(set(each)) for each in workers] == [1, 1]
