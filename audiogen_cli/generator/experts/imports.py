"""The one slow import of the experts, made by one thread at a time.

scipy.signal takes over a second from cold, a fifth of a whole `make`, so the voices load meanwhile. Two
threads that import parts of scipy at once can see half a module (its packages import each other in a
circle, where the import system gives up its locks), so both come here first.
"""

from threading import Lock

_IMPORTING = Lock()


def import_signal() -> None:
    """Import scipy.signal, and with it scipy.fft; waits where another thread is at it."""
    with _IMPORTING:
        import scipy.signal  # noqa: F401
