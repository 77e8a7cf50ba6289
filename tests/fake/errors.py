"""The form an error takes on the wire (docs/server.md, S25). Read the status, not this."""

from __future__ import annotations

import json
from typing import Any, Final

from .messages import Problem, Response
from .traits import Traits

_KINDS: Final = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found",
                 405: "method_not_allowed", 409: "conflict", 422: "validation_error"}  # in columns # fmt: skip


def answer(traits: Traits, problem: Problem) -> Response:
    """A Problem in the server's form."""
    if traits.errors == "text" or (traits.errors == "zod" and problem.status != 400):
        return Response(problem.status, {"content-type": "text/plain; charset=utf-8"},
                        problem.detail.encode())  # in columns, to be read as a table # fmt: skip
    body: dict[str, Any] = {"detail": problem.detail}
    if traits.errors == "zod":
        issue = {"code": "custom", "path": [], "message": problem.detail}
        body = {"success": False, "error": {"name": "ZodError", "issues": [issue]}}
    elif traits.errors == "aegra":
        kind = _KINDS.get(problem.status, "error")
        body = {"error": kind, "message": problem.detail, "details": {}}
    return Response(problem.status, {"content-type": "application/json"}, json.dumps(body).encode())


def crash() -> Response:
    """A 500: plain text on every server."""
    return Response(500, {"content-type": "text/plain; charset=utf-8"}, b"Internal Server Error")
