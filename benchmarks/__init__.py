"""How fast reconciler is, as ratios: each run has its peers beside it, on the same machine in the same minute."""
