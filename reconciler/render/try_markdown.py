"""What was tried, as a comment of its own: never longer than that takes, and nothing of others in it links, pings,
formats or hides."""

from __future__ import annotations

from reconciler.model.trial import Tried
from reconciler.render import answered, try_words
from reconciler.render.escape import code, prose
from reconciler.render.sections import sentence
from reconciler.render.shorten import LEVELS, LIMIT, Level, first, fit, more, with_answers
from reconciler.render.trials import by_key


def tried(tried: Tried, *, limit: int = LIMIT) -> str:
    """It as Markdown of at most `limit` characters (a few thousand are needed); it ends with a line end."""
    found = by_key(tried.trials)

    def render(level: Level) -> str:
        name = tried.deployment.name
        where = f"deployment {code(level.clip(name))}" if name is not None else "the deployment"
        shown, hidden = first(list(found.items()), level.entries)
        parts = [
            f"## What was tried on {where}",
            f"Address: {code(level.clip(tried.deployment.url))}",
            *([prose(sentence(level.clip(try_words.compared(tried))))] if tried.off is None else []),
            *([f"> {level.said.replace('reconciler plan', 'reconciler try')}"] if level.said else []),
        ]
        for key, tries in shown:
            parts += [f"### {code(level.clip(key))}", *answered.parts(tries, level, named=False)]
        if hidden:
            parts.append(f"… and {more(hidden, 'assistant')}.")
        parts += [prose(sentence(level.clip(line))) for line in try_words.left_out(tried)]
        parts += [prose(try_words.REAL)] if tried.trials else []
        parts += [f"**{prose(try_words.summary(tried))}**"] if tried.off is None else []
        return "\n\n".join(parts) + "\n"

    return fit(render, limit, levels=with_answers(LEVELS))
