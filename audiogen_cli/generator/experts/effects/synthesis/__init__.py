"""The bench of parts every sound model is built from; which parts make which sound the family files tell.

`signals` (what all speak in), `noise`, `filters`, `formants`, `envelopes`, `grains`, `ringing`, `tones`.
"""
