# Runs a training step's graph under TensorFlow's own tracing and adds its time up by kind of operation; says which nodes are the slowest.
import ctypes
import json
import os
import sys
import time
from collections import Counter, defaultdict

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
task = json.loads(sys.argv[1])
with open(os.path.join(task["folder"], "graph.json")) as file:
    calls = json.load(file)["calls"]


if task["kernels"] is not None:
    # Espalier's own operations; they bind to the TensorFlow that is loaded already, and need nothing of Node to be registered.
    register = ctypes.CDLL(task["kernels"], mode=os.RTLD_LAZY).espalier_register_kernels
    register.restype = ctypes.c_char_p
    assert register() is None, register()


def value(feed):
    return np.fromfile(feed["file"], feed["dtype"]).reshape(feed["shape"])


def prepared(call):
    return [f"{name}:0" for name in call["fetches"]], {f"{feed['name']}:0": value(feed) for feed in call["feeds"]}


def median(times):
    return float(np.median(times)) / 1000


graph = tf.Graph()
config = v1.ConfigProto(intra_op_parallelism_threads=task["threads"], inter_op_parallelism_threads=1)
tracing = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE, output_partition_graphs=True)
with v1.Session(graph=graph, config=config) as session:
    v1.saved_model.load(session, ["serve"], task["folder"])
    # The first call fills the variables, the last one is the step.
    for call in calls[:-1]:
        session.run(*prepared(call))
    fetches, feeds = prepared(calls[-1])
    for _ in range(3):
        session.run(fetches, feeds)
    plain = []
    for _ in range(task["runs"]):
        began = time.perf_counter()
        session.run(fetches, feeds)
        plain.append(time.perf_counter() - began)
    by_op, by_node = defaultdict(list), defaultdict(list)
    kinds = {}
    for _ in range(task["runs"]):
        metadata = v1.RunMetadata()
        session.run(fetches, feeds, options=tracing, run_metadata=metadata)
        for part in metadata.partition_graphs:
            kinds.update({node.name: node.op for node in part.node})
        sums = Counter()
        for device in metadata.step_stats.dev_stats:
            for node in device.node_stats:
                micros = node.op_end_rel_micros - node.op_start_rel_micros
                sums[kinds.get(node.node_name, "?")] += micros
                by_node[node.node_name].append(micros)
        for kind, micros in sums.items():
            by_op[kind].append(micros)


def shape_of(node):
    try:
        return str(graph.get_tensor_by_name(f"{node}:0").shape)
    except (KeyError, ValueError):
        return ""


counts = Counter(kinds.values())
slowest = sorted(([node, kinds.get(node, "?"), shape_of(node), median(times)] for node, times in by_node.items()), key=lambda row: -row[3])
print(json.dumps({
    "step": min(plain) * 1000,
    "traced": sum(counts.values()),
    "written": len(graph.as_graph_def().node),
    "ops": sorted([[kind, counts[kind], median(times)] for kind, times in by_op.items()], key=lambda row: -row[2]),
    "nodes": slowest[: task["top"]],
}))
