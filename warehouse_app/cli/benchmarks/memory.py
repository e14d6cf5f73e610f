"""How much memory this process has taken."""

import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

_STATUS = Path("/proc/self/status")


def peak_mb() -> float | None:
    """The most physical memory that this process ever had; None where the system does not tell (Windows).

    Linux's own figure is read where there is one: the portable one counts the process that started this one, too.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    if sys.platform == "win32":
        return None
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)
