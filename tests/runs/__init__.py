"""Running an assistant once: the runner on fakes and on the real server, and what an output says."""
