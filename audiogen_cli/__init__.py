"""audiogen: a sentence in, a ten-second audio scene out.

The walk: text -> `refiner` -> `Caption` -> `prompt` -> `generator` -> `Waveform` -> `audio`.
Importing this package loads nothing heavy; reach for the rooms by name, or for
`audiogen_cli.assembly.build_pipeline` to have them wired.
"""

__version__ = "0.1.0"
