"""The reconciling itself: pure functions from values to values, no I/O."""
