"""A plan or a report as text, Markdown, JSON or annotations. Pure strings: nothing here reads or writes."""
