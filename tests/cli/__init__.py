"""The command line from end to end: what a user types, what they read, and what a server was asked."""
