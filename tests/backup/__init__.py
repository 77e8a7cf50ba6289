"""Nothing is deleted that is not saved, and what was saved comes back as it was."""
