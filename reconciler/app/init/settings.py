"""reconciler.yaml for a new repository: each line with what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct, field

from reconciler.errors import UsageError
from reconciler.model.json import JsonObject
from reconciler.repo.names import LONGEST_NAME, NAME
from reconciler.repo.settings import DEFAULT_KEYS
from reconciler.repo.settings.address import VARIABLE, normal, problem
from reconciler.repo.yaml.write import text

_LOOPBACK = re.compile(r"(localhost|127(\.\d+){3}|::1)\Z")
_STAGES = ("staging", "production")
_LONGEST_ID = 200

HEAD = """\
# The settings of this repository of assistants, beside assistants/ and schemas/.

# The name under which this repository manages assistants. Never change it: their ids follow from it, and under
# another name all of them would be created a second time.
owner: {owner}
"""

LISTED = """
# The servers, in the order in which a change travels.
deployments:
  {name}:
    url: {url}
    # The one variable that holds the API key, never the key itself (null: no key). Without this line the first that
    # is set counts: {keys}.
    # api_key_env: {variable}
{expect}    # Uncommented, plan and apply delete what is ours here and has no manifest any more.
    # prune: true
    # Uncommented, each apply runs the tries of what it wrote, and takes back what fails one.
    # check: true
"""

EXPECT = """\
    # What this server says of itself. It is compared before anything is read or written, so that a wrong address is an
    # error and not a change in another deployment.
    expect:
"""

UNLISTED = """
# The servers, in the order in which a change travels. Take the # away, and write the address of yours:
# deployments:
#   production:
#     url: https://agents.example.com
#     api_key_env: PRODUCTION_LANGSMITH_API_KEY   # the name of a variable, never the key itself
"""

TAIL = """
# What apply does about what was edited outside git: `hold` leaves it and names it, `overwrite` lets git win, `block`
# writes nothing at all.
on_drift: hold

# The deployment where `reconciler try` runs without a question, and where pull requests are tried. A try is a real run,
# whose tools act: name one where that harms nobody.
# try_on: staging
"""


class Entry(Struct, frozen=True, kw_only=True):
    """One deployment of new settings. `expect` is what its server says of itself."""

    name: str
    url: str
    expect: Mapping[str, str] = field(default_factory=dict)


def write(owner: str, entry: Entry | None) -> bytes:
    """The text of reconciler.yaml. Without an entry it shows, as a comment, how one is written."""
    listed = UNLISTED
    if entry is not None:
        expect = "".join(f"      {name}: {text(value)}\n" for name, value in sorted(entry.expect.items()))
        listed = LISTED.format(
            name=text(entry.name),
            url=text(entry.url),
            keys=", ".join(DEFAULT_KEYS),
            variable=f"{re.sub(r'[^A-Z0-9]+', '_', entry.name.upper()).strip('_')}_LANGSMITH_API_KEY",
            expect=EXPECT + expect if expect else "",
        )
    return (HEAD.format(owner=text(owner)) + listed + TAIL).encode()


def expected(info: JsonObject) -> dict[str, str]:
    """What `/info` says that an address can be held to; self-hosted servers say null (docs/server.md, S24)."""
    host = info.get("host")
    said = host if isinstance(host, dict) else {}
    found = {name: said.get(name) for name in ("project_id", "tenant_id")}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()
    }


def address(url: str, given_by: str) -> str:
    """An address as settings hold it. Raises UsageError; never repeats it, since it may hold credentials."""
    wrong = problem(url.strip())
    if wrong is None and VARIABLE.search(url):
        wrong = "has a variable in it: write the address itself"
    if wrong is not None:
        raise UsageError(f"{given_by} {wrong}")
    return normal(url.strip())


def is_loopback(url: str) -> bool:
    """Whether only this machine reaches that address."""
    return _LOOPBACK.match(urlsplit(url).hostname or "") is not None


def deployment_name(url: str) -> str:
    """`local` on this machine; `staging` where the address says so; else `production`."""
    if is_loopback(url):
        return "local"
    words = re.split(r"[^a-z]+", (urlsplit(url).hostname or "").lower())
    return next((stage for stage in _STAGES if stage in words), "production")


def check_name(what: str, name: str) -> str:
    """An owner or a deployment, as it may be called. Raises UsageError."""
    if not NAME.match(name) or len(name) > LONGEST_NAME:
        raise UsageError(
            f"{what} is letters, digits, `.`, `_` and `-`, starts with a letter or digit, {LONGEST_NAME} at most"
        )
    return name
