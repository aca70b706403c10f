# Keras's side of `formats`: loads a .keras file once and says how long it took and how far resident memory rose.
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import keras.saving

import resource


def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


before = resident() if os.path.exists("/proc/self/status") else 0
began = time.perf_counter()
model = keras.saving.load_model(sys.argv[1], compile=False)
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "before": before}))
