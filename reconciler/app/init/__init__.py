"""A new repository: its settings, schemas, assistants, and what stands around them. Nothing is ever overwritten."""
