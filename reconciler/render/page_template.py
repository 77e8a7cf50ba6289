"""What the page of a plan is made of: its style, and the template that jinja2 fills in, escaping all it is given.

Nothing of a plan goes into an attribute, a style or a script: the classes are literals of ours, and there is no script.
"""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --paper: #ffffff; --box: #f6f8fa; --line: #d1d9e0;
  --plus: #dafbe1; --minus: #ffebe9; --at: #ddf4ff; --stop: #ffebe9; --care: #fff8c5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #a5aeb8; --paper: #0d1117; --box: #151b23;
  --line: #3d444d; --plus: #12361f; --minus: #4a1b1b; --at: #12304f; --stop: #4a1b1b; --care: #3b2f0b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
code, pre { font: 0.875rem/1.45 ui-monospace, monospace; }
code { background: var(--box); padding: 0.1em 0.3em; border-radius: 4px; }
pre { margin: 0.75rem 0; white-space: pre-wrap; background: var(--box); border-radius: 6px; padding: 0.5rem; }
pre span { display: block; padding: 0 0.5rem; min-height: 1.45em; }
.plus { background: var(--plus); } .minus { background: var(--minus); } .at { background: var(--at); }
.stop, .care { border-radius: 6px; padding: 0.75rem 1rem; margin: 1rem 0; }
.stop { background: var(--stop); } .care { background: var(--care); }
.stop p { margin: 0.25rem 0; }
.stop code, .care code { background: none; padding: 0; font-weight: 600; }
.item { border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 1rem; margin: 0.5rem 0; }
.item p { margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; }
.soft { color: var(--soft); }
ul { margin: 0.5rem 0; padding-left: 1.25rem; }
"""

TEMPLATE = """\
{% macro prose(text) %}{% for quoted, part in text|spans %}
{%- if quoted %}<code>{{ part|safe_text }}</code>{% else %}{{ part|safe_text }}{% endif %}
{%- endfor %}{% endmacro %}
{% macro names(item, most) %}{% for name in item.names[:most] %}<code>{{ name|safe_text }}</code>
{%- if not loop.last %}, {% endif %}{% endfor %}
{%- if item.names|length > most %} and {{ item.names|length - most }} more{% endif %}{% endmacro %}
{% macro title(item) %}{% if item.names_first %}{{ names(item, most) }} <strong>{{ item.verb }}</strong>
{%- else %}<strong>{{ item.verb }}</strong> {{ names(item, most) }}{% endif %}
{%- for field in item.fields %}{{ " — " if loop.first else ", " }}<code>{{ field }}</code>{% endfor %}{% endmacro %}
{% macro answers(item) %}
{% if item.tries %}<ul>{% for one in item.tries %}
<li>{% if item.names|length > 1 %}<code>{{ one.key|safe_text }}</code>, try{% else %}Try{% endif %}{{ " " -}}
<code>{{ one.name|safe_text }}</code>: {{ prose(one.said) }}</li>{% endfor %}
</ul>{% endif %}
{% for one in item.tries %}
<details class="item"><summary><code>{{ one.key|safe_text }}</code> <strong>{{ one.title }}</strong> —
<code>{{ one.name|safe_text }}</code></summary>
<p>Asked:</p><pre>{{ one.input|visible }}</pre>
{% for side in one.sides %}
<p><strong>{{ side.title }}</strong>{{ prose(side.said) }}</p>
{% if side.text is not none %}<pre>{{ side.text|visible }}</pre>{% endif %}
{% for call in side.calls %}<pre>{{ call|visible }}</pre>{% endfor %}
{% endfor %}
{% for note in one.notes %}<p>{{ prose(note) }}</p>{% endfor %}
</details>
{% endfor %}
{% endmacro %}
{% macro inside(item) %}
{% if item.said %}<p>{{ prose(item.said) }}</p>{% endif %}
{% for line in item.hint.split("\\n") if line %}
{% if line.startswith("  ") %}<pre>{{ line.strip(" ")|safe_text }}</pre>
{% else %}<p>{{ prose(line) }}</p>{% endif %}
{% endfor %}
{% for what, command in item.ways %}<p>{{ what }}</p><pre>{{ command|safe_text }}</pre>{% endfor %}
{% if item.details %}<pre>
{%- for line in item.details|diff %}<span{% if line[:1] == "+" %} class="plus"{% elif line[:1] == "-" %} class="minus"
{%- elif line[:1] == "@" %} class="at"{% endif %}>{{ line }}</span>{% endfor -%}
</pre>{% endif %}
{% for meaning in item.details|meanings %}<p class="soft">{{ meaning|safe_text }}</p>{% endfor %}
{% if item.places %}<ul>{% for place, live in item.places %}
<li><code>{{ place|safe_text }}</code>{% if live %}, {{ live }}{% endif %}</li>{% endfor %}
</ul>{% endif %}
{{ answers(item) }}
{% endmacro %}
{% macro section(heading, items, note="") %}{% if items %}
<h2>{{ heading }}</h2>
{% if note %}<p>{{ note }}</p>{% endif %}
{% for item in items %}
{% if item.details or item.places or item.tries %}
<details class="item"{% if item.details|diff|length <= short %} open{% endif %}><summary>{{ title(item) }}</summary>
{{ inside(item) }}</details>
{% else %}
<div class="item">{{ title(item) }}{{ inside(item) }}</div>
{% endif %}
{% endfor %}
{% endif %}{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{{ (name or "deployment")|safe_text }}: {{ head.title }}</title>
<style>{{ style|safe }}</style>
</head>
<body>
<header>
<h1>{% if name is none %}The deployment{% else %}Deployment <code>{{ name|safe_text }}</code>{% endif %}:
{{ head.title }}</h1>
{% if head.stops %}<p class="stop">{{ prose(head.stops) }}</p>{% endif %}
{% if head.red %}<div class="stop">
{% for line in head.red %}<p>{{ prose(line) }}</p>
{% endfor %}
</div>{% endif %}
{% for alert in told.alerts %}<p class="care">{{ prose(alert.message) }}{% if alert.hint %} {{ prose(alert.hint) }}
{%- endif %}</p>{% endfor %}
{% for sentence in head.told %}<p>{{ prose(sentence) }}</p>{% endfor %}
{% if head.tried %}<p>{% for sentence in head.tried %}{{ prose(sentence) }}{{ " " }}{% endfor %}</p>{% endif %}
{% if sides %}<p>{{ prose(sides) }}</p>{% endif %}
</header>
<main>
{{ section("Needs care", told.care) }}
{{ section(changes, told.ours) }}
{{ section(tried, told.tried) }}
{{ section("Already on main, not yet applied", told.before, already) }}
{{ section("Drift: edited in Studio, or elsewhere outside git", told.outside) }}
{{ section("Notes", told.notes) }}
{% for heading, keys in stay %}{% if keys %}
<h2>{{ heading }}</h2>
<details class="item"><summary>{{ keys|length|assistants }}</summary>
<ul>{% for key in keys %}<li><code>{{ key|safe_text }}</code></li>{% endfor %}</ul></details>
{% endif %}{% endfor %}
</main>
<footer class="soft">
{% for line in facts %}<p>{{ prose(line) }}</p>{% endfor %}
</footer>
</body>
</html>
"""
