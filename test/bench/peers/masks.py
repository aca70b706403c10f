# The peers' sides of `masks`: PyTorch's pruners, tfmot's masks and numpy, over all weights, by twos of four, and by blocks.
from rounds import answer_rounds, extra_memory, task

import numpy as np

values = np.fromfile(task["weights"], np.float32)
sparsity, way = task["sparsity"], task["way"]
edges = np.cumsum([0] + [int(np.prod(shape)) for shape in task["shapes"]])
tensors = [values[a:b].reshape(shape) for a, b, shape in zip(edges, edges[1:], task["shapes"])]


def with_numpy():
    def of_all():
        magnitudes = np.abs(values)
        count = round(sparsity * values.size)
        threshold = np.partition(magnitudes, count)[count]
        return [magnitudes[a:b] >= threshold for a, b in zip(edges, edges[1:])]

    def of_fours():
        masks = []
        for tensor in tensors:
            inputs, outputs = tensor.shape[-2:]
            groups = np.pad(np.abs(tensor.reshape(-1, inputs, outputs)), ((0, 0), (0, -inputs % 4), (0, 0)), constant_values=-1)
            groups = groups.reshape(groups.shape[0], -1, 4, outputs)
            mask = np.ones(groups.shape, bool)
            np.put_along_axis(mask, np.argpartition(groups, 1, axis=2)[:, :, :2], False, axis=2)
            masks.append(mask.reshape(groups.shape[0], -1, outputs)[:, :inputs].reshape(tensor.shape))
        return masks

    def of_blocks():
        means = []
        for tensor in tensors:
            matrix = np.abs(tensor.reshape(-1, tensor.shape[-1]))
            rows, columns = matrix.shape
            sums = np.add.reduceat(np.add.reduceat(matrix, np.arange(0, rows, 4), axis=0), np.arange(0, columns, 4), axis=1)
            high, wide = np.diff(np.append(np.arange(0, rows, 4), rows)), np.diff(np.append(np.arange(0, columns, 4), columns))
            means.append(sums / (high[:, None] * wide))
        everything = np.concatenate([each.ravel() for each in means])
        count = round(sparsity * everything.size)
        threshold = np.partition(everything, count)[count]
        masks = []
        for tensor, each in zip(tensors, means):
            kept = np.repeat(np.repeat(each >= threshold, 4, axis=0), 4, axis=1)
            masks.append(kept[: tensor.size // tensor.shape[-1], : tensor.shape[-1]])
        return masks

    select = {"weight": of_all, "n:m": of_fours, "block": of_blocks}[way]
    return {"numpy": np.__version__}, lambda: extra_memory(select), lambda masks: sum(int((~mask).sum()) for mask in masks)


def with_torch():
    import torch
    from torch.nn.utils import prune

    torch.set_num_threads(task["threads"])

    def of_all():
        modules = []
        for tensor in tensors:
            module = torch.nn.Module()
            module.weight = torch.nn.Parameter(torch.from_numpy(tensor.copy()))
            modules.append((module, "weight"))
        count = round(sparsity * values.size)
        return extra_memory(lambda: (prune.global_unstructured(modules, prune.L1Unstructured, amount=count), modules)[1])

    def by_norm():
        from torch.ao.pruning import WeightNormSparsifier

        class Layers(torch.nn.Module):
            def __init__(self):
                super().__init__()
                for index, tensor in enumerate(tensors):
                    matrix = torch.from_numpy(np.ascontiguousarray(tensor.reshape(-1, tensor.shape[-1]).T))
                    layer = torch.nn.Linear(*matrix.shape[::-1], bias=False, device="meta")
                    layer.weight = torch.nn.Parameter(matrix)
                    setattr(self, f"layer{index}", layer)

        layers = Layers()
        settings = {"n:m": dict(sparsity_level=1.0, sparse_block_shape=(1, 4), zeros_per_block=2), "block": dict(sparsity_level=sparsity, sparse_block_shape=(4, 4), zeros_per_block=16)}
        sparsifier = WeightNormSparsifier(**settings[way])
        sparsifier.prepare(layers, config=None)
        return extra_memory(lambda: (sparsifier.step(), [(group["module"], "weight") for group in sparsifier.groups])[1])

    def removed(modules):
        masks = [module.weight_mask if way == "weight" else module.parametrizations.weight[0].mask for module, _ in modules]
        return sum(int((mask == 0).sum()) for mask in masks)

    return {"torch": torch.__version__}, of_all if way == "weight" else by_norm, removed


def with_tfmot():
    import os

    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf
    from tensorflow_model_optimization.python.core.sparsity.keras import pruning_impl, pruning_schedule

    step = tf.Variable(0, dtype=tf.int64)

    def pruning_of(array):
        weights = tf.Variable(array)
        pruning = pruning_impl.Pruning(
            training_step_fn=lambda: step, pruning_vars=[(weights, tf.Variable(tf.ones_like(weights)), tf.Variable(0.0))],
            pruning_schedule=pruning_schedule.ConstantSparsity(sparsity, 0), block_size=(4, 4) if way == "block" else (1, 1),
            block_pooling_type="AVG", sparsity_m_by_n=(2, 4) if way == "n:m" else None,
        )
        return pruning, weights

    # tfmot prunes tensor by tensor; given all weights as one tensor, its mask is a global one. Its blocks are those of matrices.
    arrays = {"weight": [values], "n:m": tensors, "block": [tensor.reshape(-1, tensor.shape[-1]) for tensor in tensors]}[way]
    prunings = [pruning_of(array) for array in arrays]

    def select():
        return [(pruning._update_mask(weights) if way == "weight" else pruning._maybe_update_block_mask(weights))[1].numpy() for pruning, weights in prunings]

    return {"tensorflow": tf.__version__}, lambda: extra_memory(select), lambda made: sum(int((mask == 0).sum()) for mask in made)


about, measured, removed_by = {"numpy": with_numpy, "torch": with_torch, "tfmot": with_tfmot}[task["side"]]()


def a_round():
    result, seconds, extra = measured()
    return {"seconds": seconds, "extra": extra, "removed": removed_by(result)}


answer_rounds({**about, "first": a_round()}, a_round)
