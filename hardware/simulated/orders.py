"""What may be ordered of a bench over its control socket: one JSON object a line in, one out.

    {"do": "pull", "compartment": "07"}      {"ok": true, "felt": "moved"}        also push
    {"do": "scan", "reader": "label", "text": "…", "symbology": "CODE128"}
    {"do": "show", "camera": "eye", "text": "…", "tilt": 30, …how it is held, see photo.Look}
    {"do": "take-away", "camera": "eye"}
    {"do": "state"}                          {"ok": true, "powered": …, "compartments": […], "buses": …, "boxes": …, …}
    {"do": "fires"}                          {"ok": true, "fires": […]}
    {"do": "fault", "fault": "drop-reply", "bus": "bus0", "on": "unlock", "times": 1, …its settings}
    {"do": "lever", "compartment": "07"}     opened by its emergency lever
    {"do": "sense", "sensor": "mains", "on": false}  its supply fails, or its case is opened
    {"do": "jam", "compartment": "07", "on": true}                                also stick
    {"do": "put", "compartment": "07", "on": true}        something lies in it, for boards with a sensor inside
    {"do": "power", "on": false}             the whole cabinet
    {"do": "cut", "on": true}                the same, with the next pulse to a lock
    {"do": "plug", "port": "bus0", "on": false}                                   a bus or a reader
    {"do": "echo", "bus": "bus0", "on": true}
    {"do": "invert", "bus": "bus0", "address": 1, "on": true}
    {"do": "silence", "bus": "bus0", "address": 2, "on": true}
    {"do": "report", "bus": "bus0", "address": 1, "channel": 7, "status": 0}

What cannot be done answers {"ok": false, "error": sentence} and changes nothing.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final, TypeAlias

from hardware.simulated.bench import Bench
from hardware.simulated.faults import fault_of

Order: TypeAlias = dict[str, Any]


def carry_out(bench: Bench, order: object) -> Order:
    """Do one order. Never raises on what it is given."""
    if not isinstance(order, dict) or order.get("do") not in ORDERS:
        return {"ok": False, "error": f"do must be one of: {', '.join(ORDERS)}"}
    try:
        return {"ok": True, **ORDERS[order["do"]](bench, order)}
    except KeyError as missing:
        return {"ok": False, "error": f"{order['do']}: {missing} is missing or unknown"}
    except (ValueError, TypeError) as wrong:
        return {"ok": False, "error": f"{order['do']}: {wrong}"}


def _pull(bench: Bench, order: Order) -> Order:
    return {"felt": bench.cabinet.pull(order["compartment"]).value}


def _push(bench: Bench, order: Order) -> Order:
    return {"felt": bench.cabinet.push(order["compartment"]).value}


def _scan(bench: Bench, order: Order) -> Order:
    bench.readers[order["reader"]].scan(str(order["text"]), symbology=order.get("symbology"))
    return {}


def _show(bench: Bench, order: Order) -> Order:
    look = {key: value for key, value in order.items() if key not in ("do", "camera", "text", "symbology")}
    bench.cameras[order["camera"]].show(str(order["text"]), symbology=order.get("symbology"), **look)
    return {}


def _take_away(bench: Bench, order: Order) -> Order:
    bench.cameras[order["camera"]].take_away()
    return {}


def _state(bench: Bench, order: Order) -> Order:
    return {
        "powered": bench.cabinet.powered,
        "armed": bench.cabinet.armed,
        "compartments": [asdict(seen) for seen in bench.cabinet.look()],
        "buses": {
            name: {
                "plugged": bus.line.plugged,
                "echo": bus.echo,
                "pending_faults": bus.pending_faults,
                "requests": bus.requests,
            }
            for name, bus in bench.buses.items()
        },
        "boxes": {name: box.seen() for name, box in bench.boxes.items()},
        "readers": {name: {"plugged": reader.line.plugged} for name, reader in bench.readers.items()},
        "lights": {} if bench.parts is None else bench.parts.lights_seen(),
    }


def _fires(bench: Bench, order: Order) -> Order:
    return {"fires": [asdict(fire) for fire in bench.cabinet.fires()]}


def _fault(bench: Bench, order: Order) -> Order:
    settings = {key: value for key, value in order.items() if key not in ("do", "fault", "bus", "on", "times")}
    fault = fault_of(str(order["fault"]), settings)
    bench.buses[order["bus"]].fault(fault, on=order.get("on", "any"), times=int(order.get("times", 1)))
    return {}


def _lever(bench: Bench, order: Order) -> Order:
    bench.cabinet.release(order["compartment"])
    return {}


def _sense(bench: Bench, order: Order) -> Order:
    if bench.parts is None:
        raise ValueError("the wiring has no sensors")
    bench.parts.sense(order["sensor"], good=_on(order))
    return {}


def _jam(bench: Bench, order: Order) -> Order:
    bench.cabinet.jam(order["compartment"], jammed=_on(order))
    return {}


def _stick(bench: Bench, order: Order) -> Order:
    bench.cabinet.stick(order["compartment"], sticking=_on(order))
    return {}


def _put(bench: Bench, order: Order) -> Order:
    bench.cabinet.put(order["compartment"], present=_on(order))
    return {}


def _power(bench: Bench, order: Order) -> Order:
    (bench.cabinet.restore_power if _on(order) else bench.cabinet.cut_power)()
    return {}


def _cut(bench: Bench, order: Order) -> Order:
    bench.cabinet.cut_at_next_fire(armed=_on(order))
    return {}


def _plug(bench: Bench, order: Order) -> Order:
    device = {**bench.buses, **bench.readers, **bench.cameras}[order["port"]]
    (device.line.plug if _on(order) else device.line.unplug)()
    return {}


def _echo(bench: Bench, order: Order) -> Order:
    bench.buses[order["bus"]].echo = _on(order)
    return {}


def _invert(bench: Bench, order: Order) -> Order:
    bench.buses[order["bus"]].invert(order["address"], inverted=_on(order))
    return {}


def _silence(bench: Bench, order: Order) -> Order:
    silent = bench.buses[order["bus"]].silent
    (silent.add if _on(order) else silent.discard)(order["address"])
    return {}


def _report(bench: Bench, order: Order) -> Order:
    bench.buses[order["bus"]].report(order["address"], order["channel"], status=order["status"])
    return {}


def _on(order: Order) -> bool:
    if not isinstance(order["on"], bool):
        raise ValueError("on must be true or false")
    return order["on"]


ORDERS: Final[dict[str, Callable[[Bench, Order], Order]]] = {
    "pull": _pull,
    "push": _push,
    "scan": _scan,
    "show": _show,
    "take-away": _take_away,
    "state": _state,
    "fires": _fires,
    "fault": _fault,
    "lever": _lever,
    "sense": _sense,
    "jam": _jam,
    "stick": _stick,
    "put": _put,
    "power": _power,
    "cut": _cut,
    "plug": _plug,
    "echo": _echo,
    "invert": _invert,
    "silence": _silence,
    "report": _report,
}
