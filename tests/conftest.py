"""Fixtures that every test may ask for: real servers on loopback and a real browser. All stop with the test run."""

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.broker import Broker, Security
from tests.support.browser import chromium
from tests.support.certificates import Authority
from tests.support.postgres import Postgres

# A busy machine is no reason to fail. Where a submission is judged, the same examples are tried each time; everywhere
# else new ones are, and those that failed are remembered.
settings.register_profile(
    "yungui",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    database=None if "CI" in os.environ else DirectoryBasedExampleDatabase(".cache/hypothesis"),
)
settings.load_profile("yungui")

_LATE = ("system", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole systems and browsers come last: a broken rule is reported before a slow journey."""
    for item in items:
        folders = item.path.parts
        for marker in _LATE:
            if marker in folders:
                item.add_marker("browser" if marker == "browser" else "system")
    items.sort(key=lambda item: any(item.get_closest_marker(name) for name in ("system", "browser")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures see whether their test failed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority for this test run."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def security(authority: Authority) -> Security:
    """What a TLS broker of this test run shows and believes."""
    return Security(authority, authority.issue("broker"))


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A plain Mosquitto that lets anybody in."""
    running = Broker(tmp_path_factory.mktemp("broker"))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def tls_broker(tmp_path_factory: pytest.TempPathFactory, security: Security) -> Iterator[Broker]:
    """A Mosquitto that lets in only clients of `authority`: CN = user name = client id."""
    running = Broker(tmp_path_factory.mktemp("broker"), security=security)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for this test run."""
    server = Postgres()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database of this test's own."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for this test run."""
    with chromium() as running:
        yield running


@pytest.fixture
def person(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., BrowserContext]]:
    """Call it for each person at a browser: a context with cookies of its own. A failed test leaves pictures behind."""
    contexts: list[BrowserContext] = []

    def arrive(*, width: int = 1440, height: int = 900, locale: str = "zh-CN", touch: bool = False) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, has_touch=touch, ignore_https_errors=True
        )
        contexts.append(context)
        return context

    yield arrive
    if request.node.stash.get(_FAILED, False):
        _keep_pictures(contexts, name=request.node.nodeid)
    for context in contexts:
        context.close()


@pytest.fixture
def page(person: Callable[..., BrowserContext]) -> Page:
    """One person's page, Chinese, the size of an office screen."""
    return person().new_page()


_FAILED = pytest.StashKey[bool]()


def _keep_pictures(contexts: list[BrowserContext], *, name: str) -> None:
    folder = Path("test-results") / re.sub(r"\W+", "-", name)
    folder.mkdir(parents=True, exist_ok=True)
    for number, shown in enumerate(page for context in contexts for page in context.pages):
        shown.screenshot(path=folder / f"{number}.png")
