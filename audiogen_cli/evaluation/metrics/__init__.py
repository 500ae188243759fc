"""The mathematics of the metrics: numbers in, numbers out; extractors, files and reports are elsewhere."""
