"""The few drawings of the office, as strokes on a 20 × 20 grid. Each goes with a word; none stands alone."""

from __future__ import annotations

from hub.web.markup import Markup

__all__ = ["icon"]

_STROKES = {
    "overview": "M3 11h6V3H3zM11 17h6V9h-6zM3 17h6v-3H3zM11 6h6V3h-6z",
    "queue": "M4 5h12M4 10h12M4 15h7",
    "discrepancy": "M10 3l7.5 13.5h-15zM10 8v4M10 14.2v.1",
    "import": "M10 3v9M6.5 8.5L10 12l3.5-3.5M4 13.5V16h12v-2.5",
    "labels": "M3 5v10M6 5v10M8.5 5v10M12 5v10M14 5v10M17 5v10",
    "enrolment": "M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h2v2h-2zM15 15h2v2h-2z",
    "papers": "M5 6V3h8l3 3v8h-3M4 7h6l3 3v7H4zM6.5 12h4M6.5 14.5h4",
    "arrangements": "M7 10a3.5 3.5 0 107 0 3.5 3.5 0 00-7 0zM7 10H2M2 10v2.5M4.5 10v2M14 10h4M16 8v4",
    "policy": "M4 5h12v12H4zM4 8.5h12M7 3v3.5M13 3v3.5M7 12h2M11 12h2M7 14.5h2",
    "people": "M7.5 9.5a3 3 0 100-6 3 3 0 000 6zM2.5 16.5c0-3 2-5 5-5s5 2 5 5M13 4a3 3 0 010 5M14.5 12c2 .5 3 2 3 4.5",
    "search": "M9 15a6 6 0 100-12 6 6 0 000 12zM13.5 13.5L17 17",
    "sensed": "M5 2.5h10v15H5zM12.3 9.5v1.5M15 5.5l2.5-1M15 14.5l2.5 1",
    "scanned": "M3 6V3.5h3M14 3.5h3V6M17 14v2.5h-3M6 16.5H3V14M6.5 7v6M9 7v6M11 7v6M13.5 7v6",
    "stated": "M4 4h12v9H9.5L6 16v-3H4z",
    "recorded": "M6 3h6l3 3v11H6zM8.5 9h4M8.5 12h4",
    "seal": "M10 2.5l6 2.2v4.6c0 3.8-2.5 6.6-6 8.2-3.5-1.6-6-4.4-6-8.2V4.7zM7.3 9.8l2 2 3.6-3.8",
    "place": "M4 3h12v14H4zM4 10h12M12.5 6v1.5M12.5 13v1.5",
    "person": "M10 9.5a3.3 3.3 0 100-6.6 3.3 3.3 0 000 6.6zM3.5 17c0-3.4 2.8-5.5 6.5-5.5s6.5 2.1 6.5 5.5",
    "disputed": "M10 3v14M5 6l-2.5 5h5zM15 6l-2.5 5h5zM4 6h12",
    "unaccounted": "M7.3 7.2a2.8 2.8 0 115.4.9c-.5 1.5-2.7 1.7-2.7 3.9M10 15.3v.1",
    "check": "M4.5 10.5l3.5 3.5 7.5-8",
    "wait": "M10 17a7 7 0 100-14 7 7 0 000 14zM10 6v4.2l2.8 1.8",
    "cross": "M5.5 5.5l9 9M14.5 5.5l-9 9",
    "offline": "M3 3l14 14M6 12.8a5.5 5.5 0 015-1.6M3 9.6A9.5 9.5 0 016 7.7M10 6.6c2.7-.2 5 .9 7 3M10 16.2v.1",
    "empty": "M3 11l2.5-7h9L17 11v5.5H3zM3 11h4l1 2h4l1-2h4",
    "export": "M4 3h8l4 4v10H4zM10 14V8.5M7.5 11L10 8.5l2.5 2.5",
    "eye": "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 12.3a2.3 2.3 0 100-4.6 2.3 2.3 0 000 4.6z",
}


def icon(name: str) -> Markup:
    """One drawing; screen readers pass over it because its word stands beside it."""
    return Markup(
        '<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"'
        f' stroke-linejoin="round" aria-hidden="true"><path d="{_STROKES[name]}"/></svg>'
    )
