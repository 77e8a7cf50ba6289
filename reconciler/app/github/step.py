"""The step of a workflow that this runs in: repository, token, event, summary. All of it comes out of the environment.

The event's payload holds text of whoever opened the pull request: no more of it is read than numbers and commits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.app import strict
from reconciler.app.github.document import require_name
from reconciler.errors import UsageError
from reconciler.github.pulls import SHA
from reconciler.github.wire import Endpoint
from reconciler.model.json import Json

LARGEST_EVENT = 32 * 2**20
LARGEST_SUMMARY = 2**20
"""Bytes, of all that a step writes."""

_URL = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%/?&=+-]*)?\Z")
_NUMBER = re.compile(r"[0-9]{1,20}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`event` is its name, `pull_request` or `push`. `server` is where people look, without a slash at its end;
    `run_id` the number of the run, `branch` the branch that it is about, None where that is not known."""

    endpoint: Endpoint
    event: str
    event_path: str
    server: str
    run_id: str | None
    branch: str | None
    summary: str | None = field(repr=False)

    @property
    def run(self) -> str | None:
        """The address of the run."""
        return f"{self.server}/{self.endpoint.repository}/actions/runs/{self.run_id}" if self.run_id else None

    def link(self, url: Json) -> str | None:
        """An address that may stand in a comment: one of this GitHub, with nothing in it that ends a link."""
        fits = isinstance(url, str) and len(url) < 500 and _URL.match(url) and url.startswith(f"{self.server}/")
        return url if fits and isinstance(url, str) else None

    def summarize(self, text: str) -> bool:
        """Append to the summary of the step. False where there is none, or no more fits."""
        if not self.summary:
            return False
        target, content = Path(self.summary), f"\n{text.rstrip()}\n".encode("utf-8", "replace")
        try:
            written = target.stat().st_size if target.exists() else 0
            if written + len(content) > LARGEST_SUMMARY:
                return False
            with target.open("ab") as file:
                file.write(content)
        except OSError as error:
            raise UsageError(f"cannot write $GITHUB_STEP_SUMMARY: {error.strerror}") from None
        return True


def of(environ: Mapping[str, str]) -> Step:
    """The step. Raises UsageError outside GitHub Actions."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    if not repository:
        raise UsageError("this runs in a workflow of GitHub Actions: there is no GITHUB_REPOSITORY")
    server = environ.get("GITHUB_SERVER_URL", "").rstrip("/") or "https://github.com"
    if not _URL.match(server):
        raise UsageError("GITHUB_SERVER_URL is no address")
    run_id = environ.get("GITHUB_RUN_ID", "")
    return Step(
        endpoint=Endpoint(
            api=environ.get("GITHUB_API_URL") or "https://api.github.com",
            repository=repository,
            token=environ.get("GITHUB_TOKEN", ""),
        ),
        event=environ.get("GITHUB_EVENT_NAME", ""),
        event_path=environ.get("GITHUB_EVENT_PATH", ""),
        server=server,
        run_id=run_id if _NUMBER.match(run_id) else None,
        branch=environ.get("GITHUB_REF_NAME") if environ.get("GITHUB_REF_TYPE") == "branch" else None,
        summary=environ.get("GITHUB_STEP_SUMMARY"),
    )


def pull_request(step: Step) -> tuple[int, str]:
    """The number of the event's pull request, and its newest commit then. Raises UsageError."""
    if not step.event_path:
        raise UsageError("there is no GITHUB_EVENT_PATH: GitHub Actions sets it for each step")
    content = strict.read_bytes(Path(step.event_path), LARGEST_EVENT)
    try:
        event = strict.loads(content, LARGEST_EVENT)
    except ValueError as error:
        raise UsageError(f"the event in GITHUB_EVENT_PATH cannot be read: {error}") from None
    pull = event.get("pull_request") if isinstance(event, dict) else None
    number = pull.get("number") if isinstance(pull, dict) else None
    head = pull.get("head") if isinstance(pull, dict) else None
    sha = head.get("sha") if isinstance(head, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(sha, str) or not SHA.match(sha):
        raise UsageError("the event is about no pull request", hint="call it on pull_request or merge_group")
    return number, sha


def expected(text: str) -> list[str]:
    """The deployments of `--expect`: a JSON list of names. Raises UsageError."""
    try:
        value = strict.loads(text.encode("utf-8", "surrogatepass"), 2**20)
        names = value if isinstance(value, list) else None
        if names is None or not all(isinstance(name, str) for name in names):
            raise ValueError("it is no list of names")
        found = [name for name in names if isinstance(name, str)]
        for name in found:
            require_name(f"`{name[:100]}`", name)
    except ValueError as error:
        raise UsageError(
            f"--expect: {error}", hint="""write a JSON list: --expect '["staging", "production"]'"""
        ) from None
    return list(dict.fromkeys(found))


def expected_one(name: str) -> str:
    """The deployment of `-d`. Raises UsageError where that is no name."""
    try:
        require_name(f"`{name[:100]}`", name)
    except ValueError as error:
        raise UsageError(f"--deployment: {error}") from None
    return name
