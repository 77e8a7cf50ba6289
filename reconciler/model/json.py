"""JSON values and their one canonical form: the bytes by which everything here is compared.

Numbers are brought to their canonical form where they enter (`number`), so that a value in the model is
canonical already and comparing is a matter of sorting keys. Never compare raw values with `==`, which calls
`1 == True` and `0 == False` (docs/server.md, S30): `same` does not.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, NoReturn, TypeAlias

import msgspec

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
JsonObject: TypeAlias = dict[str, Json]

LARGEST_INTEGER = 2**53
"""Past this, whole numbers do not survive every server (docs/server.md, S10)."""


def number(text: str) -> int | float:
    """The canonical value of a JSON number that has a fraction or an exponent: `1.0` is 1, `-0.0` is 0.

    Some servers turn `1.0` into `1` (docs/server.md, S10), so both are one value. Past ±2^53 a float stays a float.
    """
    value = float(text)
    if value.is_integer() and abs(value) <= LARGEST_INTEGER:
        return int(value)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> int | float:
    value = number(text)
    return value if math.isfinite(value) else _refuse(text)


_decode = msgspec.json.Decoder[Any](float_hook=_finite).decode


def loads(text: str | bytes) -> Json:
    """Parse JSON into canonical values. Raises ValueError where it is not JSON, NaN and infinities included, and for a
    number that is too large for a float: nobody could write it again.

    msgspec reads what it takes as Python's own parser does, and sooner. It takes less: half a surrogate pair, which
    servers send, or a byte order mark. So Python's has the last word, and says what is wrong.
    """
    value: Json
    try:
        value = _decode(text)
    except (msgspec.DecodeError, ValueError):
        value = json.loads(text, parse_float=_finite, parse_constant=_refuse)
    return value


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: Json) -> bytes:
    """The canonical bytes: keys sorted, no blanks, UTF-8. Two values are the same exactly when these are."""
    return _encode(value).encode("utf-8", "surrogatepass")


def same(left: Json, right: Json) -> bool:
    """Whether two values are one and the same JSON value: what comparing their canonical bytes says, four times as
    fast. Of values that Python calls equal, such as 1 and True, only the types of what is no text can differ."""
    if left != right:
        return False
    pairs: list[tuple[Any, Any]] = [(left, right)]
    for one, other in pairs:  # it grows meanwhile
        if isinstance(one, dict):
            pairs += [(value, other[name]) for name, value in one.items() if not isinstance(value, str)]
        elif isinstance(one, list):
            pairs += [(value, other[at]) for at, value in enumerate(one) if not isinstance(value, str)]
        elif type(one) is not type(other):
            return False
    return True


def digest(value: Json) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
