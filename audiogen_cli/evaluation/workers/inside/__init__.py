"""What runs in a worker's own environment: nothing here imports the rest of the house."""
