"""Makes the ONNX files beside it, by PyTorch's two exporters, and PyTorch's own answers to them (name.answers.npz).

Run once in a folder of its own, with torch 2.15, onnx 1.23.2 and onnxscript installed; its first argument is where to write, the others are which, all if left out.
"""
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

from op_networks import networks as op_networks

warnings.filterwarnings("ignore")
torch.manual_seed(7)
folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.one = nn.Sequential(nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6))
        self.two = nn.Sequential(nn.Conv2d(6, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8))
        self.skip = nn.Conv2d(6, 8, 1, stride=2)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.stem(x)
        x = F.relu(x + self.one(x))
        x = F.relu(self.two(x) + self.skip(x))
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.Hardswish(), nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8), nn.ReLU6(),
            nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6(), nn.Conv2d(8, 4, 1))
        self.down, self.up = nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = self.body(x)
        gate = F.hardsigmoid(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))
        return F.softmax(self.head((x * gate).mean((2, 3))), dim=1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 3, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(3, 4, 5), nn.Tanh(), nn.AvgPool2d(2))
        self.head = nn.Sequential(nn.Linear(4 * 3 * 2, 10), nn.Dropout(), nn.ReLU(), nn.Linear(10, 5))

    def forward(self, x):
        x = self.features(x)
        return F.log_softmax(self.head(torch.flatten(x.view(x.size(0), -1), 1).view(-1, 24)), dim=1)


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(3, 2, 1), nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 4, 5, padding=2, groups=1)
        self.grouped = nn.Conv2d(9, 6, 3, padding=1, groups=3)
        self.dilated = nn.Conv2d(6, 4, 3, padding=(2, 0), dilation=2)
        self.pool = nn.MaxPool2d(3, 2, 1)

    def forward(self, x):
        x = torch.cat([self.a(x), self.b(x), self.c(x)], 1)
        return self.pool(F.pad(self.dilated(self.grouped(x)), (1, 0, 0, 2)))[:, :, 1:, :-1]


class Upsample(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, x):
        deep = F.elu(self.one(F.max_pool2d(x, 2, ceil_mode=True)))
        return torch.sigmoid(self.two(F.interpolate(deep, scale_factor=2, mode="nearest")))


class Gelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.one, self.two = nn.LayerNorm(6), nn.Linear(6, 12), nn.Linear(12, 6)

    def forward(self, x):
        return x + self.two(F.gelu(self.one(self.norm(x))))


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 3, stride=2, padding=1)
        self.deep = nn.Conv1d(4, 4, 3, padding=1, groups=4)
        self.norm = nn.BatchNorm1d(4)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        x = F.silu(self.norm(self.deep(self.conv(x))))
        return self.head(F.max_pool1d(x, 2).mean(2))


class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(9, 4)
        self.lstm = nn.LSTM(4, 5, batch_first=True)
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        _, (last, _) = self.lstm(self.words(x))
        return self.head(last.squeeze(0))


class Recall(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, batch_first=True)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        steps, _ = self.lstm(x)
        return self.head(steps[:, -1])


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(2 * 4 * 3, 8), nn.BatchNorm1d(8), nn.Mish(), nn.Linear(8, 6), nn.SELU(), nn.Linear(6, 4), nn.Softplus())

    def forward(self, x):
        return self.layers((x - torch.tensor([0.1, 0.2]).view(1, 2, 1, 1)) / torch.tensor([0.5, 0.25]).view(1, 2, 1, 1))


class Shuffle(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(4, 4, 1), nn.Linear(4 * 2 * 6, 3)

    def forward(self, x):
        n, c, h, w = x.shape
        x = self.conv(x).view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        x = torch.clamp(x, -0.5, 0.75).permute(0, 2, 3, 1).flatten(2)
        return self.head(x.reshape(n, -1))


class Directions(nn.Module):
    """A GRU that resets after its product, then an LSTM both ways."""
    def __init__(self):
        super().__init__()
        self.gru, self.lstm, self.head = nn.GRU(3, 4, batch_first=True), nn.LSTM(4, 3, batch_first=True, bidirectional=True), nn.Linear(6, 2)

    def forward(self, x):
        return self.head(self.lstm(self.gru(x)[0])[0].mean(1))


class Norms(nn.Module):
    """Layer normalization (spelled out before opset 17), instance and group normalization, groups, pieces of channels, bilinear resizing."""
    def __init__(self):
        super().__init__()
        self.layer, self.instance, self.group = nn.LayerNorm(6), nn.InstanceNorm2d(6, affine=True), nn.GroupNorm(2, 6)
        self.first, self.second = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1, groups=3)

    def forward(self, x):
        x = self.layer(self.first(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        one, other = self.group(self.second(F.hardswish(self.instance(x)))).chunk(2, 1)
        return F.interpolate(torch.cat([other, one * 2], 1), scale_factor=2, mode="bilinear").mean((2, 3))


class Attention(nn.Module):
    """PyTorch's own layer, which counts batch and heads as one, then queries, keys and values out of one product."""
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, batch_first=True)
        self.qkv, self.out, self.head = nn.Linear(8, 24), nn.Linear(8, 8), nn.Linear(8, 3)

    def forward(self, x):
        x = self.layer(x)
        n, steps, width = x.shape
        q, k, v = self.qkv(x).reshape(n, steps, 3, 2, width // 2).permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, steps, width)
        return self.head((x + self.out(y)).mean(1))


class FixedBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.attention, self.head = nn.GRU(3, 8, batch_first=True), nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 2)

    def forward(self, x):
        x = self.gru(x)[0]
        return self.head(self.attention(x, x, x, need_weights=False)[0][:, -1])


def images(*shape):
    return torch.randn(shape)


networks = {
    "residual": (Residual(), images(2, 3, 17, 16)),
    "mobile": (Mobile(), images(2, 3, 12, 12)),
    "lenet": (LeNet(), images(2, 1, 20, 16)),
    "branches": (Branches(), images(2, 3, 9, 8)),
    "transposed": (nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.PReLU(4), nn.ConvTranspose2d(4, 3, 4, stride=2, padding=1), nn.LeakyReLU(0.1), nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1)), images(2, 2, 6, 7)),
    "upsample": (Upsample(), images(2, 2, 8, 6)),
    "gelu": (Gelu(), images(2, 4, 6)),
    "sequence": (Sequence(), images(2, 3, 14)),
    "memory": (Memory(), torch.randint(0, 9, (2, 5))),
    "perceptron": (Perceptron(), images(2, 2, 4, 3)),
    "shuffle": (Shuffle(), images(2, 4, 2, 6)),
    "recall": (Recall(), images(2, 6, 3)),
    "directions": (Directions(), images(2, 5, 3)),
    "norms": (Norms(), images(2, 3, 6, 5)),
    "attention": (Attention(), images(2, 5, 8)),
    "fixed": (FixedBatch(), images(1, 5, 3)),
    **{name: (make(), images(*shape)) for name, (make, shape) in op_networks.items()},
}
# As exporters do where nothing is said.
fixed = ("mobile", "fixed")


def settle(model):
    """Statistics and biases that are nothing like their initial ones."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.7, 1.3)
            module.bias.data.normal_(0, 0.2)
    return model.eval()


def strip(path):
    """Leaves out what exporters add for people: stack traces, module paths, shapes in between."""
    model = onnx.load(path)
    del model.graph.value_info[:], model.graph.metadata_props[:], model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
        value.doc_string = ""
    onnx.save(model, path)


wanted = sys.argv[2:] or list(networks)
for name, (model, x) in networks.items():
    if name not in wanted:
        continue
    settle(model)
    with torch.no_grad():
        y = model(x)
    for exporter in ("script", "dynamo"):
        path = folder / f"{name}.{exporter}.onnx"
        if exporter == "script":
            opset = {"gelu": 17, "lenet": 9, "residual": 13, "upsample": 11, "norms": 13}.get(name, 17)
            torch.onnx.export(model, (x,), str(path), dynamo=False, opset_version=opset, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}} if name not in fixed else None)
        else:
            torch.onnx.export(model, (x,), str(path), dynamo=True, external_data=False, dynamic_shapes=({0: torch.export.Dim("n")},) if name not in fixed else None, verbose=False)
        strip(path)
    np.savez(folder / f"{name}.answers.npz", x=x.numpy().astype(np.float32), y=y.numpy())
