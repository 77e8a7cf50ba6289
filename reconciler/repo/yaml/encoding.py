"""What is looked at in the bytes before libyaml sees them: the encoding, and line breaks that only YAML 1.1 knows."""

from __future__ import annotations

import re

from reconciler.model.diagnostic import Diagnostic

_BREAKS = re.compile("[\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_PLAIN = bytes((*b"\t\n\r", *range(0x20, 0x7F)))
_LINE_END = re.compile("\r\n|\r|\n")


def faults(data: bytes, path: str) -> list[Diagnostic]:
    """Errors that make the bytes unreadable as YAML, or readable otherwise than they look. Mostly none."""
    if not data.translate(None, _PLAIN):  # a tenth of what it takes to search for the others
        return []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [_error(path, 1, 1, "yaml-encoding", "the file is UTF-16; save it as UTF-8")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = place(data[: error.start].decode("utf-8"))
        message = f"not UTF-8: byte 0x{data[error.start]:02x}; save the file as UTF-8"
        return [_error(path, line, column, "yaml-encoding", message)]
    found = []
    for match in _BREAKS.finditer(text):
        code = ord(match.group())
        # libyaml ends a line here, in a comment and in a prompt alike (YAML 1.1); YAML 1.2 does not.
        message = f"the invisible character U+{code:04X} breaks lines in some YAML readers and not in others"
        hint = f'write it as \\u{code:04x} in a "quoted" text, or put the text into a file and name it with !file'
        found.append(_error(path, *place(text[: match.start()]), "yaml-line-break", message, hint))
    for match in _CONTROL.finditer(text):
        code = ord(match.group())
        message = f"the control character U+{code:04X} cannot stand in YAML"
        found.append(_error(path, *place(text[: match.start()]), "yaml-control", message))
    return found


def place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what follows `before`."""
    start = 0
    line = 1
    for match in _LINE_END.finditer(before):
        line += 1
        start = match.end()
    return line, len(before) - start + 1


def _error(path: str, line: int, column: int, code: str, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(severity="error", code=code, message=message, path=path, line=line, column=column, hint=hint)
