# Torch-Pruning's side of `surgery`: its dependency graph, L1 importance by group and one pruning step, on torchvision's network.
import copy
import time

import torch
import torch_pruning as tp
import torchvision

from rounds import answer_rounds, task

torch.set_num_threads(task["threads"])
torch.manual_seed(1)
network = getattr(torchvision.models, task["network"])(weights=None, num_classes=task["classes"]).eval()
example = torch.rand(1, 3, task["image"], task["image"])


def answering(model):
    """The last layer, whose units are the classes."""
    last = model.classifier if hasattr(model, "classifier") else model.fc
    return last[-1] if isinstance(last, torch.nn.Sequential) else last


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def a_round():
    model = copy.deepcopy(network)
    began = time.perf_counter()
    pruner = tp.pruner.MagnitudePruner(
        model, example, importance=tp.importance.GroupMagnitudeImportance(p=1),
        pruning_ratio=task["sparsity"], global_pruning=False, ignored_layers=[answering(model)],
    )
    pruner.step()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "before": parameters(network), "after": parameters(model)}


answer_rounds({"torch": torch.__version__, "torch-pruning": tp.__version__, "first": a_round()}, a_round)
