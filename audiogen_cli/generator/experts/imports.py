"""What of SciPy makes a sound, imported by one thread at a time.

The lexicon's package asks for it in the thread that loads the voices while effects and music ask for it in
another. SciPy's packages import each other in a circle, where the import system gives up its locks and two
threads can see half a module; so both come here first.
"""

from threading import Lock

_IMPORTING = Lock()


def import_scipy() -> None:
    """Import scipy.fft and scipy.ndimage; waits where another thread is at it."""
    with _IMPORTING:
        import scipy.fft
        import scipy.ndimage  # noqa: F401
