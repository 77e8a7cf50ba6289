"""A manifest and its prompt files, made out of a content."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from reconciler.model.json import JsonObject
from reconciler.model.spec import Spec
from reconciler.repo.manifests.folder import FOLDER
from reconciler.repo.names import LONGEST_NAME, NAME
from reconciler.repo.tree import LARGEST_FILE
from reconciler.repo.yaml import FileTag, dotted, dump, refused

LONG = 120
"""A text of the context that is longer, or has several lines, becomes a file."""


def problems(spec: Spec) -> list[str]:
    """What of a content no manifest can say, and why: `context.limit is past 2^53, …`."""
    found = [f"{dotted(path)} {why}" for path, why in refused(spec.as_json(), ())]
    for name, value in spec.context.items():
        if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
            found.append(f"{dotted(('context', name))} is larger than 1 MB, the most that a file here may hold")
    return found


def make(
    key: str, spec: Spec, *, assistant_id: str | None, protected: bool = False, deployments: Sequence[str] = ()
) -> dict[str, bytes]:
    """Path -> bytes: the manifest at the place that the key names, after the prompts beside it.

    `spec` has no problems. `assistant_id` and `deployments` are written where they are given.
    """
    manifest = f"{FOLDER}/{key}.yaml"
    files: dict[str, bytes] = {}
    context: dict[str, object] = dict(spec.context)
    for name, path in texts(posixpath.basename(key), spec.context):
        files[posixpath.join(posixpath.dirname(manifest), path)] = str(spec.context[name]).encode()
        context[name] = FileTag(path)
    fields: dict[str, object] = {"graph_id": spec.graph_id, "name": spec.name}
    optional = {
        "description": spec.description,
        "context": context,
        "config": spec.config,
        "metadata": spec.metadata,
        "assistant_id": assistant_id,
        "protected": protected,
        "deployments": list(deployments),
    }
    fields |= {name: value for name, value in optional.items() if value}
    files[manifest] = dump(fields).encode()
    return files


def texts(stem: str, context: JsonObject) -> Iterator[tuple[str, str]]:
    """The texts of a context that become files: field and path, which leads nowhere else. Others stay."""
    taken: set[str] = set()
    for name, value in context.items():
        long = isinstance(value, str) and (len(value) > LONG or "\n" in value or "\r" in value)
        path = f"prompts/{stem}.{name}.md"
        if long and NAME.match(name) and len(name) <= LONGEST_NAME and path.casefold() not in taken:
            taken.add(path.casefold())
            yield name, path
