"""Requests to GitHub's API, tried again where nothing can happen twice.

The token goes to the API's own origin and nowhere else: pages that lead elsewhere are refused, redirects not followed.
All that comes back is untrusted.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Self
from urllib.parse import urljoin

import httpx2

from reconciler import __version__
from reconciler.errors import SettingsError, Unreachable
from reconciler.github.errors import Forbidden, GitHubError, Lost, NotThere, Refused
from reconciler.github.wire import LARGEST_ANSWER, Answer, Endpoint, checked, origin, proxy_for, trust
from reconciler.model.json import Json, JsonObject, loads

ATTEMPTS = 5
"""Of one request."""
RETRIES = 30
"""Of a whole run."""
LONGEST_WAIT = 60.0
"""Seconds that GitHub may ask to wait before one retry; it is tried again then, whatever it asked."""
PATIENCE = 300.0
"""Seconds that a whole run waits."""
MOST_PAGES = 500
PER_PAGE = 100

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\Z")
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next"?')


class Client:
    """One repository on GitHub, for one run. `sleep` and `now` are time, for tests."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Raises SettingsError where a token must not be sent to that address, or a name is no repository."""
        self._base = checked(endpoint.api)
        if not _REPOSITORY.match(endpoint.repository) or ".." in endpoint.repository:
            raise SettingsError("GITHUB_REPOSITORY is no OWNER/NAME", hint="it is set by GitHub Actions")
        if not endpoint.token or not endpoint.token.isascii() or not endpoint.token.isprintable():
            raise SettingsError(
                "there is no GITHUB_TOKEN", hint="pass it to the step: GITHUB_TOKEN: ${{ github.token }}"
            )
        self.repository = endpoint.repository
        self._token, self._sleep, self._now = endpoint.token, sleep, now
        self._retries, self._patience = RETRIES, PATIENCE
        try:
            wire = httpx2.HTTPTransport(verify=trust(self._base), proxy=proxy_for(self._base), trust_env=False)
        except (ValueError, ImportError, httpx2.InvalidURL):
            raise SettingsError("the proxy in HTTPS_PROXY or ALL_PROXY cannot be used") from None
        self._http = httpx2.Client(
            transport=wire,
            headers={
                "accept": "application/vnd.github+json",
                "authorization": f"Bearer {endpoint.token}",
                "user-agent": f"assistants-reconciler/{__version__}",
                "x-github-api-version": "2022-11-28",
            },
            timeout=httpx2.Timeout(30.0, connect=10.0),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str) -> JsonObject:
        """One object, by its path below `/repos/OWNER/NAME`. Raises GitHubError, Unreachable."""
        found = self._json(self._send("GET", self._url(path)), path)
        if not isinstance(found, dict):
            raise GitHubError(f"GitHub answered GET {path} with something that is no object")
        return found

    def pages(self, path: str) -> Iterator[JsonObject]:
        """Every object of a list, over all pages, as `Link` leads. Raises GitHubError, Unreachable."""
        url: str | None = f"{self._url(path)}{'&' if '?' in path else '?'}per_page={PER_PAGE}"
        for _ in range(MOST_PAGES):
            if url is None:
                return
            answer = self._send("GET", url)
            rows = self._json(answer, path)
            if not isinstance(rows, list):
                raise GitHubError(f"GitHub answered GET {path} with something that is no list")
            yield from (row for row in rows if isinstance(row, dict))
            url = self._next(url, answer)
        if url is not None:
            raise GitHubError(f"GET {path}: more than {MOST_PAGES} pages, so it was not read to its end")

    def post(self, path: str, body: JsonObject) -> JsonObject:
        """Make something. Raises Lost where it may have been made: list again before it is sent again."""
        return self._written(self._send("POST", self._url(path), body), path)

    def patch(self, path: str, body: JsonObject) -> JsonObject:
        """Set what is there; to do so twice does no harm."""
        return self._written(self._send("PATCH", self._url(path), body), path)

    def delete(self, path: str) -> None:
        """Remove it; that it is gone already is as good."""
        try:
            self._send("DELETE", self._url(path))
        except NotThere:
            return

    def pause(self, seconds: float) -> None:
        """Wait, for a list to show what was just made."""
        self._sleep(seconds)

    def mask(self, text: str) -> str:
        """The text without the token."""
        return text.replace(self._token, "***")

    def _url(self, path: str) -> str:
        return f"{self._base}/repos/{self.repository}{path}"

    def _next(self, url: str, answer: Answer) -> str | None:
        found = _NEXT.search(answer.headers.get("link", ""))
        if found is None:
            return None
        following = urljoin(url, str(found.group(1)))
        try:
            same = origin(following) == origin(self._base)
        except ValueError:
            same = False
        if not same:
            raise GitHubError("GitHub's next page is at another address; the token does not go there")
        return following

    def _send(self, method: str, url: str, body: JsonObject | None = None) -> Answer:
        """The answer, where it is a success. Nothing that could happen twice is sent again."""
        said = f"{method} {url.removeprefix(self._base).partition('?')[0]}"
        content = json.dumps(body).encode("ascii") if body is not None else None
        for attempt in range(1, ATTEMPTS + 1):
            answer, reason = None, ""
            try:
                answer = self._once(method, url, content)
                again = _is_limited(answer) or (answer.status >= 500 and method != "POST")
                lost = answer.status >= 500
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
                again, lost, reason = True, False, str(error)
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                again, lost, reason = method != "POST", True, str(error)
            if again and attempt < ATTEMPTS and self._may_wait(self._delay(answer, attempt)):
                continue
            if answer is None:
                if lost and method == "POST":
                    raise Lost(f"{said}: GitHub's answer was lost")
                why = f" ({self.mask(reason)[:200]})" if reason else ""
                raise Unreachable(f"{said}: no answer from GitHub{why}", hint="run the job again")
            if answer.status < 300:
                return answer
            if lost and method == "POST":
                raise Lost(f"{said}: GitHub answered {answer.status}")
            raise self._refusal(said, answer)
        raise AssertionError("the last attempt ends in one of the two")

    def _once(self, method: str, url: str, content: bytes | None) -> Answer:
        headers = {"content-type": "application/json"} if content is not None else {}
        with self._http.stream(method, url, content=content, headers=headers) as response:
            chunks, length = [], 0
            for chunk in response.iter_bytes():
                length += len(chunk)
                if length > LARGEST_ANSWER:
                    raise GitHubError(f"{method}: GitHub's answer is larger than {LARGEST_ANSWER // 2**20} MB")
                chunks.append(chunk)
            return Answer(response.status_code, response.headers, b"".join(chunks))

    def _delay(self, answer: Answer | None, attempt: int) -> float:
        """The seconds to wait: as long as the answer asks, else longer each time."""
        usual = min(0.5 * (1 << attempt), LONGEST_WAIT)
        if answer is None:
            return usual
        after, reset = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-reset", "")
        if after.isdecimal() and len(after) < 10:
            return min(float(after), LONGEST_WAIT)
        if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal() and len(reset) < 15:
            return min(max(float(reset) - self._now(), 1.0), LONGEST_WAIT)
        return usual

    def _may_wait(self, seconds: float) -> bool:
        if self._retries < 1 or self._patience < seconds:
            return False
        self._retries -= 1
        self._patience -= seconds
        self._sleep(seconds)
        return True

    def _refusal(self, said: str, answer: Answer) -> GitHubError:
        words = f"{said}: GitHub answered {answer.status}"
        message = self._message(answer)
        words += f" ({message})" if message else ""
        if _is_limited(answer):
            return GitHubError(words, hint="too many requests: run the job again later")
        if answer.status == 401:
            return GitHubError(words, hint="is GITHUB_TOKEN the token of this run?")
        if answer.status == 403:
            return Forbidden(words, hint="the token may not do that: see `permissions` of the job")
        if answer.status == 404:
            return NotThere(words, hint="it is not there, or the token may not see it: see `permissions` of the job")
        if answer.status == 422:
            return Refused(words, hint="GitHub does not take it: a text may have at most 65,536 characters")
        if 300 <= answer.status < 400:
            return GitHubError(words, hint="it leads elsewhere, where the token does not go; was something renamed?")
        return GitHubError(words, hint="run the job again" if answer.status >= 500 else None)

    def _message(self, answer: Answer) -> str:
        try:
            body = loads(answer.body)
        except (ValueError, RecursionError):
            return ""
        message = body.get("message") if isinstance(body, dict) else None
        return self.mask(" ".join(message.split()))[:200] if isinstance(message, str) else ""

    def _json(self, answer: Answer, path: str) -> Json:
        try:
            return loads(answer.body)
        except (ValueError, RecursionError):
            raise GitHubError(f"GitHub answered {path.partition('?')[0]} with something that is no JSON") from None

    def _written(self, answer: Answer, path: str) -> JsonObject:
        """What was made, as far as GitHub says it: it is there all the same."""
        try:
            found = self._json(answer, path)
        except GitHubError:
            return {}
        return found if isinstance(found, dict) else {}


def _is_limited(answer: Answer) -> bool:
    """Whether nothing was done because there were too many requests (GitHub says so with 429, and with 403)."""
    if answer.status == 429:
        return True
    if answer.status != 403:
        return False
    headers = answer.headers
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0" or b"rate limit" in answer.body
