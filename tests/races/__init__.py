"""What others do while a run is on its way: people in Studio, and another run of the same commit."""
