"""GitHub's API: comments, issues and pull requests. The only other client, beside that of the Agent Server."""
