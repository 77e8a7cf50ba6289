"""What stands around the manifests: the editor's settings, line endings, who reviews what, the hook."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping

from reconciler.app.init.ci import GITLAB, Kind
from reconciler.app.init.place import Place
from reconciler.app.init.put import NewFile
from reconciler.app.init.tool import Tool
from reconciler.contexts import vscode
from reconciler.repo.settings import SETTINGS

LINE_ENDS = "assistants/** text eol=lf"
HOOK = "reconciler-validate"

_ATTRIBUTES = """\
# Prompts are sent byte for byte: a checkout must not turn their line endings.
{lines}
"""
_REVIEWED = """\
# Who has to approve changes of the settings, which say where keys go and what stops a run, and of the workflows.
{lines}"""
_NOBODY = "# Put a user or a team in, @someone or @organization/team, and take the # away:\n"
_WHOLE = {
    "github": "# {who} is right for a user; of an organization name a team: {who}/TEAM\n",
    "gitlab": "# {who} is the whole group; a smaller one, or users, may be better.\n",
}
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")
_OWNERS = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": (".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
}
"""Where a CODEOWNERS may stand. The first that is there counts, so a second one would hide it or be hidden."""


def files(place: Place, kind: Kind, tool: Tool, raw: Iterable[str] = ()) -> Iterator[NewFile]:
    """All of them; those of the editor and of git's attributes in the settings' folder, the others at the top.

    `raw` are files whose carriage returns are live: git is to leave them as they are.
    """
    yield from _vscode(place.prefix, "")
    if place.prefix and place.is_plain:  # VS Code reads those of the folder that is opened, and no others
        yield from _vscode("", place.prefix)
    lines = "\n".join([LINE_ENDS, *(f"{path} -text" for path in sorted(raw))])
    attributes = _ATTRIBUTES.format(lines=lines).encode()
    yield NewFile(f"{place.prefix}.gitattributes", attributes, has=lines.encode(), add=lines)
    if kind != "none" and place.is_plain:
        yield _owners(place, kind)
    yield _hook(place, tool)


def _vscode(at: str, prefix: str) -> Iterator[NewFile]:
    """What VS Code needs in the folder `at`, from which `prefix` leads to the settings' folder."""
    for path, content in sorted(vscode.files(prefix).items()):
        adds = path == vscode.SETTINGS_PATH
        yield NewFile(
            at + path,
            content,
            has=(prefix + vscode.TRIES_PATH).encode() if adds else None,
            add=_inside(content) if adds else None,
        )


def editor(place: Place, files: Mapping[str, bytes]) -> list[NewFile]:
    """The editor's schemas, for the schemas that are there by now."""
    add = "what `reconciler schemas editor` writes"
    return [NewFile(place.prefix + path, content, has=content, add=add) for path, content in files.items()]


def _inside(content: bytes) -> str:
    """The lines of a JSON object, as they are added to another."""
    return "\n".join(line[2:] for line in content.decode().splitlines()[1:-1])


def _owners(place: Place, kind: Kind) -> NewFile:
    places = _OWNERS[kind]
    file = next((one for one in places if os.path.lexists(place.top / one)), places[0])
    workflows = ["/.github/"] if kind == "github" else [f"/{GITLAB}", "/.gitlab/"]
    path = place.remote[1] if place.remote is not None else ""
    account = path.split("/")[0] if kind == "github" else path.rpartition("/")[0]
    who = f"@{account}" if _ACCOUNT.match(account) else ""
    names = [f"/{place.prefix}{SETTINGS}", *workflows]
    lines = [f"{name} {who}" if who else f"# {name} @someone" for name in names]
    hint = _WHOLE[kind].format(who=who) if who else _NOBODY
    text = _REVIEWED.format(lines=hint + "\n".join(lines) + "\n")
    return NewFile(file, text.encode(), has=names[0].encode(), add="\n".join(lines))


def _hook(place: Place, tool: Tool) -> NewFile:
    """pre-commit's: by this tool's own repository where that is known, else with the tool that is installed."""
    folder = place.prefix.rstrip("/")
    if tool.address is not None and tool.commit is not None:
        entry = [f"  - repo: {tool.address}", f"    rev: {tool.commit}", "    hooks:", f"      - id: {HOOK}"]
    else:
        entry = [
            "  - repo: local",
            "    hooks:",
            f"      - id: {HOOK}",
            "        name: every assistant against its graph's context schema",
            "        entry: reconciler validate",
            "        language: system",
            r"        files: (^|/)(reconciler\.yaml$|assistants/|schemas/)",
            "        pass_filenames: false",
        ]
    if folder:
        entry.append(f"        args: [-C, {json.dumps(folder)}]")
    lines = "\n".join(entry)
    text = f"# For those who use pre-commit: what CI checks, before each commit.\nrepos:\n{lines}\n"
    return NewFile(".pre-commit-config.yaml", text.encode(), has=HOOK.encode(), add=lines)
