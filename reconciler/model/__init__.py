"""The values everything else is made of. Imports nothing of ours."""
