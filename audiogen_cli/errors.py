"""The family of errors a person can act on; each kind of trouble has one class and one exit code.

The library raises them; `cli` alone turns one into a line on the terminal and an exit code.
"""


class AudiogenError(Exception):
    """Something a person can act on: the message says what is wrong, the hint what to do."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class OptionError(AudiogenError):
    """An option, setting or argument has a value that cannot be used."""

    exit_code = 2


class CaptionError(AudiogenError):
    """A caption or prompt breaks its schema; the message names the place."""

    exit_code = 2


class AudioFileError(AudiogenError):
    """A sound file cannot be read, written or played."""


class KnowledgeError(AudiogenError):
    """An entry of the knowledge files breaks its documented form; the message names file and entry."""


class UnknownSoundError(AudiogenError):
    """A caption asks for sounds the experts do not have, and silence was not allowed for them."""


class RefinerError(AudiogenError):
    """No caption could be had from the refiner."""

    exit_code = 3


class ModelMissingError(AudiogenError):
    """A model, its weights or a package that carries them is absent or broken."""

    exit_code = 4


class OutOfMemoryError(AudiogenError):
    """The machine's or the device's memory does not hold what was asked for."""

    exit_code = 5


class QualityError(AudiogenError):
    """Every take failed the quality gate; the message carries the figures."""

    exit_code = 6
