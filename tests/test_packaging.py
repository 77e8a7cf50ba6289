"""What the repository promises as a package: what is in the wheel, what is loaded, what is named nowhere."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reconciler"
HEAVY = ("httpx2", "jsonschema", "deepdiff", "langgraph", "pydantic", "stamina")

ELSEWHERE = {
    "the folder beside this clone": r"\.\./" + "shared",
    "a package registry": r"py" + r"pi\.org|python" + r"hosted\.org|npm" + r"js\.(?:org|com)|deb\." + r"debian\.org",
    "a path of one machine": r"(?<![\w.])/(?:work/(?:main|shared)|root/\.|opt/py|home/\w+/\.)",
    "unfinished work": "TO" + "DO|FIX" + "ME",
}


def sources(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(tree: ast.Module) -> set[str]:
    """The top-level names of all modules that a source imports, late and type-checking imports included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                names.update(alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
    return {name.partition(".")[0] for name in names}


def files() -> list[Path]:
    """All that is tracked, or would be by `git add -A`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def pyproject() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements() -> list[Requirement]:
    project, groups = pyproject()["project"], pyproject()["dependency-groups"]
    extras = project["optional-dependencies"]
    lists = [project["dependencies"], *extras.values(), *groups.values()]  # type: ignore[attr-defined]  # TOML and YAML of this repository
    return [Requirement(line) for entries in lists for line in entries if isinstance(line, str)]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_documented_make_commands_exist(name: str) -> None:
    """Every `make X` that the documents name is a target."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|\$ )make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= targets


def test_help_loads_nothing_heavy() -> None:
    """`reconciler --help` answers without the modules that take a quarter of a second each."""
    code = (
        "import json, sys\n"
        "from reconciler.cli.main import run\n"
        "assert run(['--help']) == 0\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_one_module_of_each_client_imports_httpx2() -> None:
    """One module for the server and one for GitHub import httpx2, so that another library can take its place there."""
    found = [path.relative_to(ROOT).as_posix() for path, tree in sources(PACKAGE) if "httpx2" in imported(tree)]
    assert found == ["reconciler/github/client.py", "reconciler/server/transport.py"]


def test_what_is_imported_is_asked_for() -> None:
    """Outside the sandbox every import is the standard library's, ours or a declared dependency's."""
    modules = {"pyyaml": "yaml", "python-jsonpath": "jsonpath"}
    asked = {Requirement(line).name for line in pyproject()["project"]["dependencies"]}  # type: ignore[attr-defined]  # TOML and YAML of this repository
    known = sys.stdlib_module_names | {"reconciler"} | {modules.get(name, name) for name in asked}
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in sources(PACKAGE)
        if path.relative_to(PACKAGE).parts[0] != "sandbox"
        for name in imported(tree) - known
    }
    assert found == set()


def test_only_the_sandbox_imports_langgraph() -> None:
    """The Agent Server is an optional extra: without it everything else loads."""
    theirs = {"langgraph", "langgraph_api", "langgraph_cli", "langgraph_runtime_inmem", "langgraph_sdk"}
    theirs |= {"langchain_core", "pydantic", "uvicorn"}
    found = {path.relative_to(PACKAGE).parts[0] for path, tree in sources(PACKAGE) if imported(tree) & theirs}
    assert found == {"sandbox"}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_nothing_of_elsewhere_is_named(what: str) -> None:
    """No file names what only one machine has, where packages come from, or what is still to do."""
    pattern = re.compile(ELSEWHERE[what].encode())
    found = [str(path.relative_to(ROOT)) for path in files() if pattern.search(path.read_bytes())]
    assert found == []


def test_the_wheel_holds_the_package(tmp_path: Path) -> None:
    """Every file of the package is in the wheel: sources, the typing marker and the published schemas."""
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "-w", tmp_path, "."], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("assistants_reconciler-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("reconciler/")}
        metadata = {name for name in archive.namelist() if not name.startswith("reconciler/")}
    assert packed == {path.relative_to(ROOT).as_posix() for path in files() if PACKAGE in path.parents}
    assert "reconciler/py.typed" in packed
    assert any(name.endswith(".json") for name in packed), "the schema of the JSON plan"
    assert all(".dist-info/" in name for name in metadata)
    assert any(name.endswith("/licenses/LICENSE") for name in metadata)


def test_every_test_says_what_holds() -> None:
    """Each test's docstring states the behaviour that it checks."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in sources(ROOT / "tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_constraints_fit_what_is_asked_for() -> None:
    """Every direct dependency, of any extra or group, has a pin that its range admits: else `make constraints`."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    pinned = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    unfit = [
        str(asked)
        for asked in requirements()
        if not (version := pinned.get(canonicalize_name(asked.name))) or not asked.specifier.contains(version)
    ]
    assert unfit == []


def test_pythons_agree() -> None:
    """The classifiers and the CI's matrix name the same versions of Python."""
    project = pyproject()["project"]
    classified = re.findall(r"Python :: (3\.\d+)", json.dumps(project["classifiers"]))
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrix = re.findall(r"3\.\d+", re.search(r"python: \[(.*)\]", workflow).group(1))  # type: ignore[union-attr]  # TOML and YAML of this repository
    assert classified == matrix == ["3.11", "3.12", "3.13"]
    assert project["requires-python"] == ">=3.11,<3.14"
