"""A server's own times, as a reader meets them."""

from __future__ import annotations

from datetime import UTC, datetime

UNKNOWN = "unknown"

_LONGEST = 40
_MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
_MONTHS += ["August", "September", "October", "November", "December"]


def when(text: str | None) -> str:
    """`2026-11-20 23:14:02 UTC`; `unknown` where the server does not say it. What is no time is shown as it is, cut,
    and not yet escaped."""
    if not text:
        return UNKNOWN
    try:
        found = datetime.fromisoformat(text)
        zone = " UTC" if found.tzinfo is not None else ""
        found = found.astimezone(UTC) if zone else found
    except (ValueError, OverflowError):
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{found:%Y-%m-%d %H:%M:%S}{zone}"


def day(text: str | None) -> str | None:
    """`3 May 2026`, in UTC; None where the server does not say it."""
    try:
        found = datetime.fromisoformat(text or "")
        found = found.astimezone(UTC) if found.tzinfo is not None else found
    except (ValueError, OverflowError):
        return None
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"
