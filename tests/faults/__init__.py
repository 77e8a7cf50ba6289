"""What the network does to a run: a proxy of our own that spoils requests, sweeps, and a judge."""
