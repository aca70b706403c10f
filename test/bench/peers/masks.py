# The peers' sides of `masks`: PyTorch's global pruning, the sort of tfmot, and numpy's partition.
from rounds import answer_rounds, extra_memory, task

import numpy as np

values = np.fromfile(task["weights"], np.float32)
sparsity, count = task["sparsity"], round(task["sparsity"] * values.size)
edges = np.cumsum([0] + [int(np.prod(shape)) for shape in task["shapes"]])
tensors = [values[a:b].reshape(shape) for a, b, shape in zip(edges, edges[1:], task["shapes"])]


def with_numpy():
    def select():
        magnitudes = np.abs(values)
        threshold = np.partition(magnitudes, count)[count]
        return [magnitudes[a:b] >= threshold for a, b in zip(edges, edges[1:])]

    return {"numpy": np.__version__}, lambda: extra_memory(select), lambda masks: sum(int((~mask).sum()) for mask in masks)


def with_torch():
    import torch
    from torch.nn.utils import prune

    torch.set_num_threads(task["threads"])

    def measured():
        modules = []
        for tensor in tensors:
            module = torch.nn.Module()
            module.weight = torch.nn.Parameter(torch.from_numpy(tensor.copy()))
            modules.append((module, "weight"))
        return extra_memory(lambda: (prune.global_unstructured(modules, prune.L1Unstructured, amount=count), modules)[1])

    return {"torch": torch.__version__}, measured, lambda modules: sum(int((module.weight_mask == 0).sum()) for module, _ in modules)


def with_tfmot():
    import os

    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf
    from tensorflow_model_optimization.python.core.sparsity.keras import pruning_impl, pruning_schedule

    # tfmot prunes tensor by tensor; given all weights as one tensor, its mask is a global one.
    everything = tf.Variable(values)
    mask, threshold = tf.Variable(tf.ones_like(everything)), tf.Variable(0.0)
    step = tf.Variable(0, dtype=tf.int64)
    pruning = pruning_impl.Pruning(
        training_step_fn=lambda: step, pruning_vars=[(everything, mask, threshold)],
        pruning_schedule=pruning_schedule.ConstantSparsity(sparsity, 0), block_size=(1, 1), block_pooling_type="AVG",
    )

    def select():
        return pruning._update_mask(everything)[1].numpy()

    return {"tensorflow": tf.__version__}, lambda: extra_memory(select), lambda made: int((made == 0).sum())


about, measured, removed_by = {"numpy": with_numpy, "torch": with_torch, "tfmot": with_tfmot}[task["side"]]()


def a_round():
    result, seconds, extra = measured()
    return {"seconds": seconds, "extra": extra, "removed": removed_by(result)}


answer_rounds({**about, "first": a_round()}, a_round)
