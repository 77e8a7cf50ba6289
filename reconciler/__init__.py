"""GitOps for LangGraph assistants: YAML in git, a plan on the pull request, made true on merge."""

__version__ = "0.1.0"
