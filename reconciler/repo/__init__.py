"""The repository as it lies on disk or in a commit: settings, manifests, git. Knows nothing of any server."""
