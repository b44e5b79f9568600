"""What the tests of all scanner codecs share: feeding in pieces, and draining."""

from typing import Any

from hypothesis import strategies as st

from firmware_bridge.codec import NEED_MORE


def drain(codec: Any) -> list[Any]:
    frames = []
    while (frame := codec.next_frame()) is not NEED_MORE:
        frames.append(frame)
    return frames


def feed_split(codec: Any, stream: bytes, data: st.DataObject) -> list[Any]:
    """All frames of a stream that comes in pieces."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    frames = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        codec.receive(stream[start:end])
        frames += drain(codec)
    codec.quiet()
    return frames + drain(codec)
