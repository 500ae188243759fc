"""The extractors: a decoded clip in, numbers that a metric can work on out; each says exactly what it did."""
