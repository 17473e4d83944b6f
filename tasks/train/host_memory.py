"""How much memory of the machine a run takes."""

import sys


def host_peak_bytes():
    """Largest resident memory of this process, or None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
