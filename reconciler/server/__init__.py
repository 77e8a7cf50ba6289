"""Talking to an Agent Server: transport, dialect, reader, writer."""
