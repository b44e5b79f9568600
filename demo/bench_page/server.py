"""The bench page's server: orders from the page to the simulated hardware, and what the steel does back to the page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from custody.flows import FLOWS
from demo.bench_page.scene import Badge, Label, Order, Stand, scene
from demo.bench_page.tour import TOUR
from edge.kiosk.catalogues import LANGUAGES, sentences
from hardware.simulated.control import OrderError, SimulatedBench

__all__ = ["bench_app"]

_PAGE = Path(__file__).parent / "page"
_LOOK_EVERY = 0.2  # seconds
_CATALOGUES = (("custody", "yungui"), ("demo.bench_page", "bench"))


def bench_app(
    *,
    stands: Sequence[Stand],
    badges: Sequence[Badge],
    labels: Callable[[], Sequence[Label]],
    hub: str = "",
) -> Starlette:
    """The application. ``labels`` is asked each time the page is opened; ``hub``: the address of the office's pages."""
    steel = _Steel(stands)
    words = {code: sentences(code, _CATALOGUES) for code in LANGUAGES}

    async def show_scene(request: Request) -> Response:
        code = request.query_params.get("lang", LANGUAGES[0])
        chosen = words.get(code, words[LANGUAGES[0]])
        doors = [(one, await steel.doors(one)) for one in stands]
        shown = scene(chosen, stands=doors, badges=badges, labels=labels(), flows=FLOWS.values(), tour=TOUR, hub=hub)
        return JSONResponse(shown)

    async def live(websocket: WebSocket) -> None:
        if websocket.headers.get("origin") not in (None, f"http://{websocket.headers.get('host')}"):
            await websocket.close(code=1008)
            return
        await websocket.accept()
        await steel.serve(websocket)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        looking = asyncio.create_task(steel.look())
        yield
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/", lambda _: FileResponse(_PAGE / "index.html", headers={"Cache-Control": "no-store"})),
            Route("/scene", show_scene),
            WebSocketRoute("/live", live),
            Mount("/page", StaticFiles(directory=_PAGE)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        lifespan=lifespan,
    )


class _Steel:
    """The simulated hardware of every stand, and the pages that watch it. Looked at only while somebody watches."""

    def __init__(self, stands: Sequence[Stand]) -> None:
        self._benches = {one.name: SimulatedBench(Path(one.control)) for one in stands}
        self._watched = asyncio.Event()
        self._pages: set[WebSocket] = set()
        self._seen: dict[str, dict[str, Any]] = {}

    async def doors(self, stand: Stand) -> Sequence[str]:
        state = await self._state(stand.name)
        return [one["name"] for one in state["doors"]]

    async def look(self) -> None:
        """Tell the pages whatever changes, for ever."""
        while True:
            await self._watched.wait()
            for name in self._benches:
                state = await self._state(name)
                if state != self._seen.get(name):
                    self._seen[name] = state
                    await self._tell({"state": state})
            await asyncio.sleep(_LOOK_EVERY)

    async def serve(self, page: WebSocket) -> None:
        for state in [await self._state(name) for name in self._benches]:
            await page.send_json({"state": state})
        self._pages.add(page)
        self._watched.set()
        try:
            while True:
                await page.send_json({"felt": await self._obey(await page.receive_text())})
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: gone while being answered
            pass
        finally:
            self._pages.discard(page)
            if not self._pages:
                self._watched.clear()

    async def _obey(self, text: str) -> dict[str, Any]:
        try:
            order = msgspec.json.decode(text, type=Order)
            bench = self._benches[order.stand]
        except (ValueError, KeyError):
            return {"felt": "refused"}
        told = {"stand": order.stand, "do": order.do, "door": order.door}
        try:
            return {**told, "felt": await asyncio.to_thread(_do, bench, order)}
        except OrderError as refused:
            return {**told, "felt": "refused", "why": str(refused)}
        except OSError:
            return {**told, "felt": "away"}

    async def _state(self, name: str) -> dict[str, Any]:
        try:
            state = await asyncio.to_thread(self._benches[name].state)
        except (OSError, OrderError):
            return {"stand": name, "there": False, "powered": False, "armed": False, "wired": False, "doors": []}
        doors = [
            {"name": one["compartment"], "at": one["door"], "latched": one["latched"], "jammed": one["jammed"]}
            for one in state["compartments"]
        ]
        wired = all(bus["plugged"] for bus in state["buses"].values())
        return {
            "stand": name,
            "there": True,
            "powered": state["powered"],
            "armed": state["armed"],
            "wired": wired,
            "lights": state["lights"],
            "doors": doors,
        }

    async def _tell(self, message: dict[str, Any]) -> None:
        for page in tuple(self._pages):
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await page.send_json(message)


def _do(bench: SimulatedBench, order: Order) -> str:
    match order.do:
        case "pull":
            return bench.pull(order.door)
        case "push":
            return bench.push(order.door)
        case "badge" | "label":
            bench.scan(order.do, order.text)
            return "read"
        case "power":
            bench.power(on=order.on)
            return "switched"
        case "cut":
            bench.do("cut", on=order.on)
            return "armed" if order.on else "switched"
        case "lever":
            bench.do("lever", compartment=order.door)
            return "moved"
        case "jam":
            bench.do("jam", compartment=order.door, on=order.on)
            return "jammed" if order.on else "freed"
        case "wires":
            for bus in bench.state()["buses"]:
                bench.plug(bus, on=order.on)
            return "switched"
        case _:
            raise OrderError(order.do)
