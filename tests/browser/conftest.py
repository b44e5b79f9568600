"""What tests of the demo's bench share: the whole system, and a bench before it."""

from collections.abc import Iterator

import pytest

from demo.__main__ import bench_page
from demo.house import House, Ports
from tests.support.ports import answers, wait_until


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Broker, hub, a cabinet, a scanning station and the bench, for the tests of one file."""
    made = House(ports=Ports.free(), password="".join(chr(97 + n) for n in range(12)), keep=None, lights=True)
    try:
        made.found()
        made.start(screens=True)
        made.run_beside(bench_page(made))
        wait_until(lambda: answers(made.ports.bench), what="the bench page")
        yield made
    finally:
        made.close()
