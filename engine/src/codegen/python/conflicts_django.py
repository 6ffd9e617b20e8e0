class Conflict(Exception):
    """Somebody else was faster."""


class AlreadyDone(Exception):
    """The request has been carried out before."""


process_lock = threading.Lock()


def is_conflict(error: Exception) -> bool:
    """Whether another transaction caused it: no row of that version, a serialization failure, a deadlock, a lock not available."""
    if isinstance(error, Conflict):
        return True
    return getattr(error.__cause__, "sqlstate", None) in ("40001", "40P01", "55P03")


def pause(attempt: int, first: int) -> None:
    """Full jitter: anything up to a time that doubles with each attempt."""
    time.sleep(random.uniform(0, first * 2 ** (attempt - 1)) / 1000)
