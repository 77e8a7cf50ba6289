"""How credentials begin: what a key, a token or a private key of a known issuer looks like inside a text.

Each kind has a beginning that nothing else has and enough behind it, so that prose about tokens ("keys that start with
`ghp_`", `sk-proj-your-key-here`) is none. A text without any of the beginnings is not searched further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_START = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{0,24}|[A-Z]{1,24}|[0-9]{1,4}|v[0-9]{1,3})(?:[-_./+](?=[A-Za-z0-9])|[-_./+=]*\Z)")
"""One of the words of `your-own-key-2024`; a generated text has digits among its letters, or far longer runs."""
_GITLAB = "glpat- gldt- glrt- glptt- gloas- glft- glsoat- glcbt- glagent-"


class Kind(Struct, frozen=True):
    """`what` it is, in words; the texts one of which it contains; and its form, a regular expression. Where it is
    `generated`, a form that consists of words only is an example."""

    what: str
    beginnings: tuple[str, ...]
    form: str
    generated: bool = True


class Hit(Struct, frozen=True):
    """A credential inside a text, from `start` on. Never the text itself: that goes into no message."""

    what: str
    start: int


def _kind(what: str, beginnings: str, form: str, *, generated: bool = True) -> Kind:
    return Kind(what, tuple(beginnings.split()), _START + form, generated)


KINDS = (
    _kind("a LangSmith API key", "lsv2_", r"lsv2_(?:pt|sk)_(?P<rest>[A-Za-z0-9_]{8,200})"),
    _kind("a LangSmith API key", "ls__", r"ls__(?P<rest>[a-f0-9]{32})"),
    _kind("an Anthropic API key", "sk-ant-", r"sk-ant-(?P<rest>[A-Za-z0-9_-]{16,200})"),
    _kind("an API key", "sk-", r"sk-(?:proj|svcacct|admin|or|lf)-(?P<rest>[A-Za-z0-9_-]{16,200})"),
    _kind("an API key", "sk-", r"sk-(?P<rest>[A-Za-z0-9]{16,200})"),
    _kind("a Stripe key", "sk_live_ sk_test_ rk_live_ rk_test_", r"[sr]k_(?:live|test)_(?P<rest>[A-Za-z0-9]{16,200})"),
    _kind("a webhook's secret", "whsec_", r"whsec_(?P<rest>[A-Za-z0-9+/]{24,200})"),
    _kind("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_(?P<rest>[A-Za-z0-9]{16,200})"),
    _kind("a GitHub token", "github_pat_", r"github_pat_(?P<rest>[A-Za-z0-9_]{16,200})"),
    _kind("a GitLab token", _GITLAB, r"gl(?:pat|dt|rt|ptt|oas|ft|soat|cbt|agent)-(?P<rest>[A-Za-z0-9_-]{20,200})"),
    _kind("a Slack token", "xox xapp-", r"(?:xox[abeoprs]|xapp)-(?P<rest>[A-Za-z0-9-]{16,200})"),
    _kind(
        "a Slack webhook",
        "hooks.slack.com/",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/T(?P<rest>[A-Za-z0-9/]{20,200})",
    ),
    _kind(
        "a Discord webhook",
        "/api/webhooks/",
        r"discord(?:app)?\.com/api/webhooks/[0-9]+/(?P<rest>[A-Za-z0-9_-]{30,200})",
    ),
    _kind(
        "an AWS access key",
        "AKIA ASIA ABIA ACCA",
        r"A(?:KI|SI|BI|CC)A(?![A-Z0-9]{9}EXAMPLE)(?P<rest>[A-Z0-9]{16})" + _END,
        generated=False,
    ),
    _kind("a Google API key", "AIza", r"AIza(?P<rest>[A-Za-z0-9_-]{30,200})"),
    _kind("a Google OAuth secret", "GOCSPX- ya29.", r"(?:GOCSPX-|ya29\.)(?P<rest>[A-Za-z0-9_-]{24,200})"),
    _kind("a Hugging Face token", "hf_", r"hf_(?P<rest>[A-Za-z0-9]{30,200})"),
    _kind("an npm token", "npm_", r"npm_(?P<rest>[A-Za-z0-9]{30,200})"),
    _kind("a PyPI token", "pypi-", r"pypi-(?P<rest>Ag[A-Za-z0-9_-]{40,200})"),
    _kind("a SendGrid key", "SG.", r"SG\.(?P<rest>[A-Za-z0-9_-]{16,200}\.[A-Za-z0-9_-]{32,200})"),
    _kind("a Groq API key", "gsk_", r"gsk_(?P<rest>[A-Za-z0-9]{40,200})"),
    _kind("an xAI API key", "xai-", r"xai-(?P<rest>[A-Za-z0-9]{40,200})"),
    _kind("a Tavily API key", "tvly-", r"tvly-(?:dev-|prod-)?(?P<rest>[A-Za-z0-9]{20,200})"),
    _kind("a Perplexity API key", "pplx-", r"pplx-(?P<rest>[A-Za-z0-9]{40,200})"),
    _kind("a Replicate token", "r8_", r"r8_(?P<rest>[A-Za-z0-9]{30,200})"),
    _kind("a Pinecone API key", "pcsk_", r"pcsk_(?P<rest>[A-Za-z0-9_]{40,200})"),
    _kind("an NVIDIA API key", "nvapi-", r"nvapi-(?P<rest>[A-Za-z0-9_-]{40,200})"),
    _kind("a Databricks token", "dapi", r"dapi(?P<rest>[a-f0-9]{32})" + _END),
    _kind("a Firecrawl API key", "fc-", r"fc-(?P<rest>[a-f0-9]{32})" + _END),
    _kind("a Linear API key", "lin_api_", r"lin_api_(?P<rest>[A-Za-z0-9]{32,200})"),
    _kind("a Notion token", "ntn_", r"ntn_(?P<rest>[A-Za-z0-9]{40,200})"),
    _kind("a DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_(?P<rest>[a-f0-9]{64})"),
    _kind("a Shopify token", "shp", r"shp(?:at|ca|pa|ss)_(?P<rest>[A-Fa-f0-9]{32})"),
    _kind("a Vault token", "hvs. hvb.", r"hv[sb]\.(?P<rest>[A-Za-z0-9_-]{24,200})"),
    _kind("a Telegram bot's token", ":AA", r"[0-9]{8,10}:(?P<rest>AA[A-Za-z0-9_-]{33})"),
    _kind("an Azure storage key", "AccountKey=", r"AccountKey=(?P<rest>[A-Za-z0-9+/]{60,200})"),
    _kind("a JSON Web Token", "eyJ", r"eyJ[A-Za-z0-9_-]{10,400}\.(?P<rest>eyJ[A-Za-z0-9_-]{10,200})"),
    _kind("a bearer token", "earer EARER", r"(?i:bearer)[ \t]+(?P<rest>[A-Za-z0-9][A-Za-z0-9._~+/-]{19,200})"),
    _kind(
        "a password in basic authentication",
        "asic ASIC",
        r"(?:(?i:authorization)[\"']?\s{0,4}[:=]\s{0,4}[\"']?|\A)(?i:basic)[ \t]+(?P<rest>[A-Za-z0-9+/]{12,200})",
    ),
    _kind(
        "an address with a password",
        "://",
        r"[a-z][a-z0-9+.-]{1,20}://[^\s/:@?#]{1,100}:"
        r"(?P<rest>(?=[^\s/@]{0,100}[0-9])(?=[^\s/@]{0,100}[A-Za-z])[^\s/@{}<>$]{8,100})@[A-Za-z0-9\[]",
    ),
    _kind(
        "a private key",
        "PRIVATE KEY",
        r"-{5}BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)?-{5}(?:\s|\\[nr])*(?:[A-Za-z-]{1,20}: [^\n]{0,100}\s+){0,5}"
        r"(?P<rest>[A-Za-z0-9+/=]{16,200})",
        generated=False,
    ),
)


_SIGNS = "_-:/.JKBCRxI"
"""Characters that prose has seldom, the rarest first: to look for one takes next to nothing."""


def _by_sign() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for beginning in dict.fromkeys(beginning for kind in KINDS for beginning in kind.beginnings):
        found.setdefault(next((sign for sign in _SIGNS if sign in beginning), ""), []).append(beginning)
    return {sign: tuple(beginnings) for sign, beginnings in found.items()}


_BY_SIGN = _by_sign()
"""The beginnings by a sign that stands in them: a text without the sign, as much of prose, has none of them."""


def possible(text: str) -> bool:
    """Whether a text has any of the beginnings: without one there is nothing that `scan` would find."""
    for sign, beginnings in _BY_SIGN.items():
        if sign in text:
            for beginning in beginnings:  # any() takes three times as long, and all texts of a run come here
                if beginning in text:
                    return True
    return False


def scan(text: str) -> Iterator[Hit]:
    """Every known credential in a text, in the order of KINDS; of several kinds at one place the first."""
    if not possible(text):
        return
    taken: set[int] = set()
    for kind in KINDS:
        if not any(beginning in text for beginning in kind.beginnings):
            continue
        for match in re.finditer(kind.form, text):  # compiled when it is needed, and kept: most runs need none
            if match.start() in taken or (kind.generated and _is_words(match["rest"])):
                continue
            taken.add(match.start())
            yield Hit(kind.what, match.start())


def _is_words(rest: str) -> bool:
    """Whether what follows the beginning is words and small numbers, as an example has them."""
    position = 0
    while position < len(rest):
        word = _WORDS.match(rest, position)
        if word is None or word.end() == position:
            return False
        position = word.end()
    return True
