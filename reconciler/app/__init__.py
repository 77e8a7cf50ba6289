"""The sequences: load, observe, look up, plan, apply. Each takes its inputs as arguments and returns values."""
