"""The queues volumes are deposited for, by the names the court gives them: data, shown where a name would be."""

from __future__ import annotations

from collections.abc import Mapping

from custody.archiving import SCANNING_QUEUE

__all__ = ["QUEUES", "QUEUE_WORDS"]

QUEUES: Mapping[str, str] = {SCANNING_QUEUE: "扫描队列"}

QUEUE_WORDS: Mapping[str, str] = {
    "扫描队列": SCANNING_QUEUE,
    "扫描": SCANNING_QUEUE,
    "待扫描": SCANNING_QUEUE,
    "scanning": SCANNING_QUEUE,
    SCANNING_QUEUE: SCANNING_QUEUE,
}
"""How a list may write a queue."""
