# A peer's end of the lines: says that it is warm, then times a round for each line heard, a line of JSON each.
import json
import os
import resource
import sys
import time

import numpy as np

task = json.loads(sys.argv[1])


def images(raw, dtype=np.float32):
    """The pixels scaled to 0 … 1, (N, H, W, C)."""
    pixels = np.fromfile(raw["pixels"], np.uint8).reshape([raw["samples"], *raw["shape"]])
    return pixels.astype(dtype) / dtype(255)


def labels(raw):
    return np.fromfile(raw["labels"], np.int32)


def answer_rounds(about, a_round):
    """`a_round` does the work that is timed and may answer with further figures; `seconds` among them replaces the time taken here."""
    say(about)
    for _ in sys.stdin:
        began = time.perf_counter()
        figures = a_round() or {}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        say({"seconds": time.perf_counter() - began, "peakBytes": peak, **figures})


def say(words):
    print(json.dumps(words), flush=True)


def faster_of(ways, trial):
    """The way whose second trial takes less time, the first being its warm-up."""
    seconds = {}
    for way in ways:
        trial(way)
        took = []
        for _ in range(2):
            began = time.perf_counter()
            trial(way)
            took.append(time.perf_counter() - began)
        seconds[way] = min(took)
    return min(seconds, key=seconds.get), seconds


def extra_memory(work):
    """What `work` returns, its seconds, and by how many bytes the process's resident memory rose at most (Linux; else None)."""
    before = resident("VmRSS")
    if before is not None:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    began = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    peak = resident("VmHWM")
    return result, seconds, None if before is None or peak is None else max(0, peak - before)


def resident(key):
    if not os.path.exists("/proc/self/status"):
        return None
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(key))
