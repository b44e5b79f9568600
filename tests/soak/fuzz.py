"""Strange bytes for every codec: ``./run soak fuzz [CODEC …] [--inputs N] [--seed N] [--guided]``.

Whatever comes, in whatever pieces: no exception, no hang, a bounded buffer, and every frame that is read can be written
again. Without ``--guided`` frames are mutated at random, repeatably by the seed. With it, atheris looks for inputs that
reach new code (it has wheels for x86-64 only, so no check needs it). Only the standard library and the codecs are
imported here, so that any interpreter with atheris can run it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from firmware_bridge.boards import cu16, cu48, cu48b, eight_a_eighty, modbus, winnsen, wkly
from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners import keys
from firmware_bridge.scanners.codecs import CODECS as SCANNERS
from firmware_bridge.words import WORDS
from firmware_bridge.words.telling import InvalidFrameError

BOARDS: dict[str, Callable[[Role], Any]] = {
    eight_a_eighty.NAME: eight_a_eighty.Codec,
    "8a80-unknown": lambda role: eight_a_eighty.Codec(role, status_bytes=None),
    cu16.NAME: cu16.Codec,
    cu48.NAME: cu48.Codec,
    cu48b.NAME: cu48b.Codec,
    modbus.NAME: modbus.Codec,
    winnsen.NAME: winnsen.Codec,
    wkly.NAME: wkly.Codec,
}
CODECS = {**BOARDS, **SCANNERS}
HELD = 4096  # bytes and frames that a codec may hold, all its buffers together
SLOW = 1.0  # seconds of the processor for one input
SEEDS = (
    b"".join(keys.EVENT.pack(0, 0, keys.KEY, key, keys.DOWN) for key in (30, 48, keys.ENTER)),
    *map(
        bytes.fromhex,
        (
            "8A 01 01 11 9B",
            "80 01 00 00 00 33 B2",
            "80 01 11 00 90",
            "82 01 01 00 82",
            "02 00 00 50 03 55",
            "02 00 00 65 07 00 00 00 00 C0 03 31",
            "02 00 00 75 07 00 00 00 00 C0 07 00 00 00 00 C0 03 08",
            "02 0F 31 03 45",
            "02 10 36 00 00 00 00 03 4B",
            "02 00 37 00 32 03 6E",
            "57 4B 4C 59 0A 00 85 01 01 86",
            "57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87",
            "57 4B 4C 59 0C 00 80 03 01 02 03 86",
            "90 07 02 01 FF FF 03",
            "90 07 82 01 05 80 03",
            "01 05 02 00 00 07 8D B0",
            "01 02 01 41 61 B8",
            "01 85 02 C3 51",
            "04 E4 04 00 FF 14",
            "02 00 00 01 00 33 31",
            "7E 00 09 01 00 00 DE C8",
            "02 30 31 32 33 34 35 36 37 38 39 03",
            "5D 43 30 59 47 30 30 30 31 41 0D 0A",
        ),
    ),
)


@dataclass(frozen=True)
class Figures:
    """What a run saw. `held`: the most that a codec held; `slowest`: seconds of the processor for one input."""

    inputs: int
    octets: int
    frames: int
    held: int
    slowest: float
    seconds: float


class FuzzError(AssertionError):
    """What went wrong, with the input in hexadecimal and the name of the codec."""


@dataclass
class Fed:
    """A codec that is being fed, for as long as it lives. One input is one piece of a line that never ends."""

    name: str
    role: Role
    frames: int = 0
    held: int = 0

    def __post_init__(self) -> None:
        self._codec = CODECS[self.name](self.role)

    def feed(self, data: bytes, *, then_quiet: bool) -> None:
        self._codec.receive(data)
        self._drain(data)
        if then_quiet and hasattr(self._codec, "quiet"):
            self._codec.quiet()
            self._drain(data)
        self.held = max(self.held, held := _held(self._codec))
        if held > HELD:
            raise FuzzError(f"{self.name}: holds {held} after {data.hex(' ')}")

    def _drain(self, data: bytes) -> None:
        for _ in range(HELD + len(data)):
            frame = self._codec.next_frame()
            if frame is NEED_MORE:
                return
            self.frames += 1
            if self.name in BOARDS:
                self._codec.encode(frame)
        raise FuzzError(f"{self.name}: no end of frames after {data.hex(' ')}")


def fuzz(codec_name: str, inputs: int, seed: int) -> Figures:
    """Feed a codec, in both roles in turn, with that many inputs. FuzzError names the input that went wrong."""
    random = Random(f"{seed} {codec_name}")
    fed = {role: Fed(codec_name, role) for role in Role}
    known = tuple(seed for seed in SEEDS if _means_something(codec_name, seed)) or SEEDS
    began, octets, slowest = time.perf_counter(), 0, 0.0
    for number in range(inputs):
        data = strange(random, known if number % 4 else SEEDS)
        octets += len(data)
        at = time.process_time()
        _feed(fed[Role.HOST if number % 2 else Role.DEVICE], data, quiet=random.random() < 0.3)
        slowest = max(slowest, time.process_time() - at)
        if slowest > SLOW:
            raise FuzzError(f"{codec_name}: {slowest:.1f} s for {data.hex(' ')}")
    frames, held = sum(one.frames for one in fed.values()), max(one.held for one in fed.values())
    return Figures(inputs, octets, frames, held, slowest, time.perf_counter() - began)


def fuzz_words(inputs: int, seed: int) -> Figures:
    """The technician's tool, which is given whatever somebody typed: it tells, or refuses with two sentences."""
    random = Random(f"{seed} words")
    began, octets, told = time.perf_counter(), 0, 0
    families = tuple(WORDS.values())
    for number in range(inputs):
        data = strange(random, SEEDS)
        octets += len(data)
        try:
            families[number % len(families)].decode(data, "any")
            told += 1
        except InvalidFrameError as refused:
            if len(str(refused).splitlines()) != 2:
                raise FuzzError(f"one sentence only for {data.hex(' ')}: {refused}") from refused
    return Figures(inputs, octets, told, 0, 0.0, time.perf_counter() - began)


def strange(random: Random, seeds: Sequence[bytes]) -> bytes:
    """A frame or two, most often hurt somewhere; sometimes only noise."""
    kind = random.getrandbits(3)
    if kind == 0:
        return random.randbytes(1 + random.getrandbits(6))
    data = bytearray(seeds[random.getrandbits(16) % len(seeds)])
    if kind == 1:
        data += seeds[random.getrandbits(16) % len(seeds)]
    for _ in range(random.getrandbits(2)):
        _hurt(data, random)
    return bytes(data)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run soak fuzz", description=__doc__)
    parser.add_argument("codecs", nargs="*", metavar="CODEC", help=f"one or more of: {', '.join(CODECS)}; all without")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="in all, shared among the codecs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guided", action="store_true", help="let atheris look for inputs that reach new code")
    asked = parser.parse_args(arguments)
    names = asked.codecs or [*CODECS, "words"]
    if strangers := set(names) - {*CODECS, "words"}:
        parser.error(f"unknown codec {', '.join(sorted(strangers))}; there are: {', '.join(CODECS)}, words")
    if asked.guided:
        return _guided(names, asked.inputs, asked.seed)
    share = -(-asked.inputs // len(names))
    seen = {}
    for name in names:
        seen[name] = fuzz_words(share, asked.seed) if name == "words" else fuzz(name, share, asked.seed)
        print(f"{name:14} {_told(seen[name])}", flush=True)
    inputs, frames = (
        sum(figures) for figures in zip(*((one.inputs, one.frames) for one in seen.values()), strict=True)
    )
    print(f"{'all':14} {inputs:>10,} inputs  {frames:>10,} frames")
    return 0


def _guided(names: Sequence[str], inputs: int, seed: int) -> int:
    atheris: Any = importlib.import_module("atheris")  # there are no wheels of it for most machines

    for module in [name for name in sys.modules if name.startswith(("firmware_bridge", "tests.soak.fuzz"))]:
        del sys.modules[module]
    with atheris.instrument_imports(include=["firmware_bridge"]):
        seen = importlib.import_module("tests.soak.fuzz")  # once more, now with eyes on every branch of the codecs
    codecs = [name for name in names if name in CODECS]
    roles = tuple(seen.Role)

    def one(data: bytes) -> None:
        """The first byte chooses codec, role and whether silence follows; the rest is fed in two pieces."""
        if len(data) < 2:
            return
        choice, cut = data[0], data[1]
        fed = seen.Fed(codecs[choice % len(codecs)], roles[choice >> 6 & 1])
        rest = data[2:]
        fed.feed(rest[: cut % (len(rest) + 1)], then_quiet=bool(choice & 0x80))
        fed.feed(rest[cut % (len(rest) + 1) :], then_quiet=True)

    atheris.Setup(
        [sys.argv[0], f"-atheris_runs={inputs}", f"-seed={seed}", "-max_len=128", "-print_final_stats=1"], one
    )
    atheris.Fuzz()
    return 0


def _feed(fed: Fed, data: bytes, *, quiet: bool) -> None:
    try:
        fed.feed(data, then_quiet=quiet)
    except FuzzError:
        raise
    except Exception as crashed:
        raise FuzzError(f"{fed.name} ({fed.role.value}): {crashed!r} at {data.hex(' ')}") from crashed


def _means_something(name: str, seed: bytes) -> bool:
    """Whether a codec reads a frame in it, so that hurting it is worth the while."""
    fed = [Fed(name, role) for role in Role]
    for one in fed:
        _feed(one, seed, quiet=True)
    return any(one.frames for one in fed)


def _held(codec: Any) -> int:
    """How much a codec keeps, all of its buffers together."""
    return sum(len(value) for value in vars(codec).values() if isinstance(value, bytearray | bytes | list))


def _hurt(data: bytearray, random: Random) -> None:
    how, at = random.getrandbits(2), random.getrandbits(16) % (len(data) + 1)
    if how == 0 or at == len(data):
        data.insert(at, random.getrandbits(8))
    elif how == 1:
        del data[at]
    elif how == 2:
        data[at] ^= 1 << random.getrandbits(3) % 8
    else:
        del data[at:]


def _told(seen: Figures) -> str:
    return (
        f"{seen.inputs:>10,} inputs  {seen.octets:>12,} bytes  {seen.frames:>10,} frames  holds {seen.held:>5}  "
        f"slowest {seen.slowest * 1000:6.1f} ms  {seen.inputs / seen.seconds:>8,.0f}/s"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
