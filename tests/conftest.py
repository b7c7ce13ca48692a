"""Shared by all tests: outside programs, and what a missing one means."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

if TYPE_CHECKING:
    from chromium import Browser

# Some tests draw what the benchmark draws. At the end of the path: the installed diagtool comes
# before the one beside the tests.
sys.path.append(str(Path(__file__).parent.parent))


# How long an example takes by the clock says how busy the machine is. Some environments of tox
# run without Hypothesis.
if find_spec("hypothesis"):
    from hypothesis import settings

    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def our_font(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Other programs find the font that pictures name first, on a machine without it, too."""
    made = tmp_path_factory.mktemp("fontconfig") / "fonts.conf"
    made.write_text(
        '<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{escape(str(files('diagtool') / 'pictures' / 'fonts'))}</dir></fontconfig>",
        "utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(made))
        yield


@pytest.fixture(scope="session")
def tool() -> Callable[..., str]:
    """Call with a program's name, or several it may go by: gives its path.

    Where none is installed the test is skipped, and the run's summary says why.
    """

    def find(*names: str) -> str:
        for name in names:
            if path := shutil.which(name):
                return path
        pytest.skip(f"not installed: {' or '.join(names)}")

    return find


@pytest.fixture(scope="session")
def chromium_program(tool: Callable[..., str]) -> str:
    """The path of Chromium, by whatever name it is installed."""
    return tool("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium(chromium_program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, open for all tests of a module."""
    from chromium import browser

    with browser(chromium_program, tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


# With CI set, everything that a test may need is there by promise: a skip would hide that it is
# not, so it fails. Tests marked xfail also report "skipped", and are left alone.


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        _fail_in_ci(report)
    return report


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (a skipped test is a failure where CI is set)"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says once more, and loudly, which programs are missing: a summary is easily passed over."""
    reasons = {
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    }
    if missing := sorted(reason for reason in reasons if reason.startswith("not installed: ")):
        terminalreporter.section("TESTED LESS THAN CI DOES", red=True, bold=True)
        for reason in missing:
            terminalreporter.line(f"{reason} (.ci/run lists Debian's packages)", red=True)
