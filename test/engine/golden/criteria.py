# Scores of every criterion on one small network, by PyTorch's autograd and Torch-Pruning's importances: `python criteria.py > criteria.json`
# in the benchmark's Python environment (test/bench/requirements.txt).
import json

import torch
import torch.nn.functional as F
import torch_pruning as tp
from torch_pruning.pruner.importance import BNScaleImportance, GroupMagnitudeImportance, GroupTaylorImportance

torch.set_default_dtype(torch.float32)


def wave(index, shape, size=0.5, offset=0.0):
    """Number i of tensor `index` is offset + size · sin(1 + 0.7 · i + 13 · index), in the order of Keras's axes."""
    count = torch.Size(shape).numel()
    return (offset + size * torch.sin(1 + 0.7 * torch.arange(count, dtype=torch.float64) + 13 * index)).float().reshape(shape)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.one = torch.nn.Conv2d(2, 4, 3)
        self.norm = torch.nn.BatchNorm2d(4, eps=1e-3)
        self.two = torch.nn.Conv2d(4, 5, 1)
        self.answer = torch.nn.Linear(5 * 4 * 4, 3)
        self.gates = torch.nn.ParameterDict({"one": torch.ones(4, 1, 1), "two": torch.ones(5, 1, 1)})

    def forward(self, images):
        x = self.two(F.relu(self.norm(self.one(images)) * self.gates["one"]))
        self.last = F.relu(x * self.gates["two"])
        return self.answer(self.last.permute(0, 2, 3, 1).flatten(1))


def to_keras(kernel):
    return kernel.permute(2, 3, 1, 0) if kernel.dim() == 4 else kernel.t()


def filled():
    network = Network()
    with torch.no_grad():
        network.one.weight.copy_(wave(0, (3, 3, 2, 4)).permute(3, 2, 0, 1))
        network.one.bias.copy_(wave(1, (4,)))
        network.norm.weight.copy_(wave(2, (4,), 0.5, 0.3))
        network.norm.bias.copy_(wave(3, (4,), 0.3, 0.3))
        network.norm.running_mean.copy_(wave(4, (4,), 0.2))
        network.norm.running_var.copy_(wave(5, (4,), 0.5, 1.0))
        network.two.weight.copy_(wave(6, (1, 1, 4, 5)).permute(3, 2, 0, 1))
        network.two.bias.copy_(wave(7, (5,), 0.5, 0.2))
        network.answer.weight.copy_(wave(8, (80, 3)).t())
        network.answer.bias.copy_(wave(9, (3,)))
    return network


network = filled()
images = wave(20, (12, 6, 6, 2), 1.0).permute(0, 3, 1, 2)
labels = torch.arange(12) % 3
order = [1, 6, 9, 0, 4, 7, 11, 10, 5, 2, 8, 3]  # how the engine draws 12 of 12 samples with seed 1
batches = [order[:6], order[6:]]
kernels = {"one/kernel": network.one.weight, "two/kernel": network.two.weight, "answer/kernel": network.answer.weight}

graph = tp.DependencyGraph().build_dependency(network, example_inputs=images[:1])
producers = {"one": network.one, "two": network.two}
groups = {name: graph.get_pruning_group(layer, tp.prune_conv_out_channels, idxs=list(range(layer.out_channels))) for name, layer in producers.items()}
own = {name: [group[0]] for name, group in groups.items()}  # the producer's kernel alone: consumers' rows are no part of our scores
scales = {"one": [item for item in groups["one"] if item.dep.target.module is network.norm][:1]}


def channels(importance):
    return {name: importance(group) for name, group in own.items()}


def l1(**more):
    return GroupMagnitudeImportance(p=1, group_reduction="first", bias=False, **more)


def distances(filters):
    return torch.cdist(filters.double(), filters.double()).sum(0)


channel_scores = {
    "magnitude": channels(l1(normalizer=None)),
    "magnitude-max": channels(l1(normalizer="max")),
    "magnitude-mean": channels(l1(normalizer="mean")),
    "l2": {name: layer.weight.detach().flatten(1).norm(dim=1) for name, layer in producers.items()},
    # Distances of the weights, as the paper has them; Torch-Pruning takes those of their squares.
    "geometric-median": {name: distances(layer.weight.detach().flatten(1)) for name, layer in producers.items()},
    "bn-scale": {"one": BNScaleImportance(group_reduction="first", normalizer=None)(scales["one"])},
    "gradient": {name: 0 for name in own},
    "taylor": {name: 0 for name in own},
}
products = {name: [] for name in kernels}
gates = {name: [] for name in own}
for batch in batches:
    # Fresh statistics each time: only the batch's own normalise it.
    network.train()
    network.zero_grad(set_to_none=True)
    F.cross_entropy(network(images[batch]), labels[batch]).backward()
    for name, kernel in kernels.items():
        products[name].append((kernel * kernel.grad).detach())
    for name, group in own.items():
        gate = network.gates[name].grad.flatten()
        channel_scores["taylor"][name] = channel_scores["taylor"][name] + gate**2 / len(batches)
        gates[name].append(gate)
        sums = GroupTaylorImportance(group_reduction="first", normalizer=None)(group)
        channel_scores["gradient"][name] = channel_scores["gradient"][name] + sums / len(batches)
sensitivity = {name: torch.stack(each).mean(0) for name, each in products.items()}
channel_scores["snip"] = {name: torch.stack(each).mean(0).abs() for name, each in gates.items()}

network.eval()
network.norm.running_mean.copy_(wave(4, (4,), 0.2))
network.norm.running_var.copy_(wave(5, (4,), 0.5, 1.0))
with torch.no_grad():
    network(images)
channel_scores["apoz"] = {"two": 1 - (network.last == 0).float().mean((0, 2, 3))}

weight_scores = {
    "gradient": {name: torch.stack(each).abs().mean(0) for name, each in products.items()},
    "taylor": {name: (torch.stack(each) ** 2).mean(0) for name, each in products.items()},
    "snip": {name: each.abs() for name, each in sensitivity.items()},
}


RATE, STEPS, MASKED_FROM = 0.05, 5, 2


def movement():
    """S = -sum of weight times gradient over five steps of SGD (Sanh et al. 2020): from the third on the half of each kernel that has moved least is
    masked, stays as it is beneath its mask, and goes on gathering by the gradient that reaches the zero in its place."""
    trained = filled()
    layers = {"one/kernel": trained.one.weight, "two/kernel": trained.two.weight, "answer/kernel": trained.answer.weight}
    beneath = {name: layer.detach().clone() for name, layer in layers.items()}
    masks = {name: torch.ones_like(layer) for name, layer in beneath.items()}
    scores = {name: torch.zeros_like(layer) for name, layer in beneath.items()}
    others = [value for name, value in trained.named_parameters() if name.split(".")[0] != "gates" and not any(value is one for one in layers.values())]
    for step in range(STEPS):
        if step == MASKED_FROM:
            for name, score in scores.items():
                ours = to_keras(score)  # of equal scores the first in memory go first
                mask = torch.ones(score.numel())
                mask[ours.flatten().sort(stable=True).indices[: score.numel() // 2]] = 0
                mask = mask.reshape(ours.shape)
                masks[name] = mask.permute(3, 2, 0, 1) if mask.dim() == 4 else mask.t()
        with torch.no_grad():
            for name, layer in layers.items():
                layer.copy_(beneath[name] * masks[name])
        trained.train()
        trained.zero_grad(set_to_none=True)
        batch = batches[step % 2]
        F.cross_entropy(trained(images[batch]), labels[batch]).backward()
        with torch.no_grad():
            for name, layer in layers.items():
                scores[name] -= beneath[name] * layer.grad
                beneath[name] -= RATE * layer.grad * masks[name]
            for value in others:
                value -= RATE * value.grad
    return scores, masks, beneath


def plain(tensor):
    return [float(f"{value:.7g}") for value in tensor.flatten().tolist()]


print(json.dumps({
    "made with": {"torch": torch.__version__, "torch-pruning": tp.__version__ if hasattr(tp, "__version__") else "1.6.1"},
    "weights": {criterion: {name: plain(to_keras(each)) for name, each in scores.items()} for criterion, scores in weight_scores.items()},
    "movement": {part: {name: plain(to_keras(each)) for name, each in found.items()} for part, found in zip(("scores", "masks", "beneath"), movement())},
    "channels": {criterion: {name: plain(each) for name, each in scores.items()} for criterion, scores in channel_scores.items()},
}))
