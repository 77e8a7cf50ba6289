"""The main job, told as a story: this repository's own assistants on a real Agent Server, on this machine.

`make demo` runs it. Everything happens in a temporary copy with a git history of its own; the clone stays as it is.
Each command is really run, and its output is what it really prints: long output is cut in the middle, and says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from reconciler.sandbox import find_schemas, serve

HERE = Path(__file__).resolve().parents[1]
COPIED = ("assistants", "schemas", "reconciler.yaml")
TWEET, BLOG = "writer/tweet", "writer/blog"
PROMPT = "assistants/writer/prompts/tweet.md"
QUESTION = "A tent with a longer pole"
ANA = {
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@northwind.example",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@northwind.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Story:
    """A working copy, a server, and what is done with them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("GIT_", "RECONCILER_", "LANGGRAPH_"))}
        self.env = kept | ANA | {"RECONCILER_URL": url, "RECONCILER_SANDBOX": url}

    def run(self, *words: str, head: int = 40, tail: int = 6, ends: int = 0) -> None:
        """Run `reconciler …` and show what it prints. Ends the story where it does not end with the code `ends`."""
        tell_command("reconciler", *words)
        command = [sys.executable, "-m", "reconciler", *words]
        done = subprocess.run(command, cwd=self.folder, env=self.env, text=True, capture_output=True, check=False)
        show(done.stdout, head, tail)
        if done.returncode != ends:
            show(done.stderr, 40, 0)
            raise SystemExit(f"the story ends here: reconciler {words[0]} ended with {done.returncode}, not {ends}")
        if not done.stdout:
            show(done.stderr, head, tail)
        if ends:
            print(f"    (exit code {ends})")

    def edit(self, before: str, after: str, message: str) -> None:
        """Change one place of the tweet's prompt, and commit it."""
        prompt = self.folder / PROMPT
        text = prompt.read_text("utf-8")
        assert text.count(before) == 1, f"{PROMPT} has `{before}` {text.count(before)} times"
        prompt.write_text(text.replace(before, after), "utf-8")
        tell_command("git", "commit", "--all", "--message", f"'{message}'")
        self.git("commit", "--all", "--message", message)

    def git(self, *words: str) -> None:
        """Run git quietly in the copy."""
        subprocess.run(["git", *words], cwd=self.folder, env=self.env, check=True, capture_output=True)

    def ask(self, key: str) -> None:
        """Run an assistant once, by the server's own API, and show the beginning of what it answers."""
        found = self.post("/assistants/search", {"limit": 1000})
        mine = next(row for row in found if (row["metadata"].get("reconciler") or {}).get("key") == key)
        question = {"messages": [{"role": "user", "content": QUESTION}]}
        answer = self.post("/runs/wait", {"assistant_id": mine["assistant_id"], "input": question})["answer"]
        print(f"    {key:13}answers {answer[:64]}…")

    def post(self, path: str, body: dict[str, Any]) -> Any:
        content = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, {"content-type": "application/json"})
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=30) as response:
            return json.load(response)


def tell(text: str) -> None:
    print(f"\n# {text}", flush=True)


def tell_command(*words: str) -> None:
    print(f"\n$ {' '.join(words)}", flush=True)


def show(text: str, head: int, tail: int) -> None:
    """Output, indented; the middle of what is long is left out, and that is said."""
    lines = text.splitlines()
    left = len(lines) - head - tail
    if left > 3:
        lines = [*lines[:head], f"… {left} more lines …", *lines[len(lines) - tail :]]
    for line in lines:
        print(f"    {line}".rstrip())


@contextmanager
def working_copy() -> Iterator[Path]:
    """A temporary copy of this repository's assistants, schemas and settings."""
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as name:
        folder = Path(name)
        for part in COPIED:
            source = HERE / part
            if source.is_dir():
                shutil.copytree(source, folder / part)
            else:
                shutil.copy(source, folder / part)
        yield folder


def main() -> None:
    """Tell the story, from an empty server to `No changes`."""
    began = monotonic()
    tell("A real Agent Server starts on this machine, with a stand-in graph for each file in schemas/.")
    with working_copy() as folder, serve(find_schemas(folder)) as server:
        story = Story(folder, server.url)
        story.git("init", "-q", "-b", "main")
        story.git("add", "-A")
        story.git("commit", "-m", "Our assistants")
        print(f"    {server.url} serves {', '.join(server.graphs)}")

        tell("The team's assistants are YAML files. Each one's context has to fit its graph's schema:")
        story.run("validate")

        tell("The server knows none of them yet. The plan says what apply would do:")
        story.run("plan", head=24, tail=2)

        tell("Apply does it, and reads everything back to prove it:")
        story.run("apply", "--auto-approve", head=2, tail=16)

        tell("Two assistants of one graph. Their contexts make them answer differently:")
        story.ask(TWEET)
        story.ask(BLOG)

        tell("Somebody edits a prompt and commits it. The plan shows the line:")
        story.edit("You write short", "You write cheerful", "Tweets: more cheerful")
        story.run("plan")

        tell("What comes of it? A try runs the edit beside what is live, and touches no assistant:")
        story.run("try", TWEET, head=60)
        story.run("apply", "--auto-approve", head=0, tail=4)
        story.ask(TWEET)

        tell("It was a bad idea, so it is reverted. Version 1 holds that content: it becomes active again.")
        tell_command("git", "revert", "--no-edit", "HEAD")
        story.git("revert", "--no-edit", "HEAD")
        story.run("plan")

        tell("This server brings only part of an older version back. Apply reads it back, notices, and repairs it:")
        story.run("apply", "--auto-approve", head=0, tail=5)
        story.ask(TWEET)

        tell("Git and the server agree:")
        story.run("plan")

        tell("An edit that does not do what is expected of it, applied with a check: it is taken back.")
        story.edit("You write short posts", "We are excited to announce posts", "Tweets: louder")
        story.run("apply", "--auto-approve", "--check", TWEET, head=0, tail=24, ends=5)
        story.ask(TWEET)

        tell("The next merge does not bring it back. It is held until git says something else:")
        story.run("apply", "--auto-approve")

        tell("So git says something else:")
        tell_command("git", "revert", "--no-edit", "HEAD")
        story.git("revert", "--no-edit", "HEAD")
        story.run("plan")
    tell(f"The server is stopped, and nothing is left behind. That took {monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()
