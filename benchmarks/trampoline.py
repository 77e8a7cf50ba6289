"""Starts a command, and says its seconds and its peak memory on a file descriptor: argv[1], then the command.

A small process of its own: a child's peak is at least that of the process it was started from.
"""

import json
import os
import sys
import time

_UNIT = 1 if sys.platform == "darwin" else 1024

if __name__ == "__main__":
    _start = time.perf_counter()
    _pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
    _, _status, _used = os.wait4(_pid, 0)
    _seconds = time.perf_counter() - _start
    _told = {
        "seconds": _seconds,
        "peak": _used.ru_maxrss * _UNIT,
        "cpu": _used.ru_utime + _used.ru_stime,
        "code": os.waitstatus_to_exitcode(_status),
    }
    os.write(int(sys.argv[1]), json.dumps(_told).encode())
