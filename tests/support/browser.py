"""Headless Chromium, driven by Playwright: the machine's own Chromium, never a downloaded one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.support.processes import program

_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    # Tests have no internet: Chromium's own errands would only fail, many at a time.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; open a context for each person who looks at it."""
    # Chromium's sandbox refuses to run as root.
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=[*_ARGUMENTS, *root])
        try:
            yield browser
        finally:
            browser.close()
