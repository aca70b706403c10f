"""Makes ONNX files by PyTorch's two exporters, with PyTorch's own answers; one line of JSON a file in FOLDER/index.jsonl.

python torch_zoo.py FOLDER [NAME…]
"""
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[1] / "formats/onnx-fixtures"))
from op_networks import networks as op_networks

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
folder = Path(sys.argv[1])
wanted = set(sys.argv[2:])
V = torchvision.models


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(6, 8, batch_first=True)
        self.lstm = nn.LSTM(8, 6, batch_first=True, bidirectional=True)
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        x, _ = self.gru(x)
        x, _ = self.lstm(x)
        return self.head(x.mean(1))


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.instance = nn.InstanceNorm2d(8, affine=True)
        self.b = nn.Conv2d(8, 8, 3, padding=1, groups=4)
        self.group = nn.GroupNorm(4, 8)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.back = nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1)
        self.slope = nn.PReLU(4)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = F.hardswish(self.instance(self.a(x)))
        x = F.hardsigmoid(self.group(self.b(x))) * x
        x = self.slope(self.back(self.up(x)))
        return self.head(x.amax((2, 3)))


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(30, 8)
        self.conv = nn.Conv1d(8, 12, 3, padding=1)
        self.deep = nn.Conv1d(12, 12, 3, padding=1, groups=12)
        self.back = nn.ConvTranspose1d(12, 6, 4, stride=2, padding=1)
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        x = self.words(x).transpose(1, 2)
        x = F.gelu(self.conv(x))
        x = F.leaky_relu(self.back(F.elu(self.deep(x))))
        return self.head(F.adaptive_avg_pool1d(x, 1).flatten(1))


class Volume(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv3d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm3d(4)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = F.max_pool3d(F.relu(self.norm(self.a(x))), 2)
        return self.head(x.mean((2, 3, 4)))


class SeveralEnds(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.vector = nn.Conv2d(3, 4, 3, stride=2, bias=False), nn.Linear(5, 36)
        self.one, self.two = nn.Linear(36, 3), nn.Linear(36, 2)

    def forward(self, image, vector):
        x = F.relu(self.image(image)).flatten(1) - torch.tanh(self.vector(vector))
        return F.log_softmax(self.one(x), 1), torch.sigmoid(self.two(x))


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 8, 3, padding=1), nn.Conv2d(14, 6, 3, padding=1)
        self.out = nn.Conv2d(6, 1, 1)

    def forward(self, x):
        a = F.silu(self.a(x))
        b = F.softplus(self.b(F.avg_pool2d(a, 2)))
        c = F.selu(self.c(torch.cat([F.interpolate(b, scale_factor=2, mode="nearest"), a], 1)))
        return torch.sigmoid(self.out(c)[:, :, 1:-1, 1:-1])


class Heads(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.query, self.key, self.value, self.out = heads, nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        apart = lambda y: y.view(-1, x.shape[1], self.heads, x.shape[2] // self.heads).transpose(1, 2)
        q, k, v = apart(self.query(x)), apart(self.key(x)), apart(self.value(x))
        shares = torch.softmax(q @ k.transpose(2, 3) / (x.shape[2] // self.heads) ** 0.5, dim=-1)
        return self.out((shares @ v).transpose(1, 2).reshape(-1, x.shape[1], x.shape[2]))


class Encoder(nn.Module):
    def __init__(self, width=12, heads=2):
        super().__init__()
        self.attention, self.one, self.two = Heads(width, heads), nn.LayerNorm(width), nn.LayerNorm(width)
        self.dense = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attention(self.one(x))
        return x + self.dense(self.two(x))


class VisionTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches, self.first, self.places = nn.Conv2d(3, 12, 4, 4), nn.Parameter(torch.randn(1, 1, 12) * 0.1), nn.Parameter(torch.randn(1, 17, 12) * 0.1)
        self.encoder, self.norm, self.head = Encoder(), nn.LayerNorm(12), nn.Linear(12, 3)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.first.expand(x.shape[0], -1, -1), x], 1) + self.places
        return self.head(self.norm(self.encoder(x))[:, 0])


class Pieces(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.back = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 4, (3, 5), padding=(2, 4), dilation=(2, 2)), nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1)
        self.pool, self.norm, self.scale = nn.MaxPool2d(3, 2, padding=1), nn.GroupNorm(2, 8, affine=False), nn.Parameter(torch.randn(1, 8, 1, 1))

    def forward(self, x):
        x = self.norm(self.a(x)) * self.scale
        x = torch.cat([F.glu(torch.cat([x, x], 1), 1)[:, 2:], x[:, :2]], 1)
        x = self.back(F.softmax(self.b(self.pool(x)), dim=1))
        return F.softmax(F.avg_pool2d(x[:, :, 1:, :-1], 3, 2, padding=1), dim=-1), torch.clamp(x.mean((2, 3)), -0.1, 0.1)


class TorchTransformer(nn.Module):
    """PyTorch's own layers, which count batch and heads as one axis on the way."""
    def __init__(self):
        super().__init__()
        self.layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(12, 3, 24, dropout=0.0, batch_first=True), 2, enable_nested_tensor=False)
        self.head = nn.Linear(12, 4)

    def forward(self, x):
        return self.head(self.layers(x).mean(1))


image = lambda size: (torch.randn(2, 3, size, size),)
own = dict(recurrent=(Recurrent, lambda: (torch.randn(2, 5, 6),)), norms=(Norms, lambda: image(12)), sequence=(Sequence, lambda: (torch.randint(0, 30, (2, 16)),)),
           volume=(Volume, lambda: (torch.randn(2, 2, 8, 8, 8),)), several_ends=(SeveralEnds, lambda: (torch.randn(2, 3, 8, 8), torch.randn(2, 5))), unet=(Unet, lambda: image(16)),
           torch_transformer=(TorchTransformer, lambda: (torch.randn(2, 5, 12),)), **{name: (make, lambda shape=shape: (torch.randn(shape),)) for name, (make, shape) in op_networks.items()},
           encoder=(Encoder, lambda: (torch.randn(2, 5, 12),)), vision_transformer=(VisionTransformer, lambda: image(16)), pieces=(Pieces, lambda: image(12)))
vision = {name: ((lambda name=name, more=more: getattr(V, name)(weights=None, num_classes=10, **more)), (lambda size=size: image(size))) for name, size, more in (
    ("resnet18", 64, {}), ("mobilenet_v2", 64, {}), ("mobilenet_v3_small", 64, {}), ("squeezenet1_1", 64, {}), ("shufflenet_v2_x0_5", 64, {}), ("densenet121", 64, {}),
    ("efficientnet_b0", 64, {}), ("mnasnet0_5", 64, {}), ("regnet_y_400mf", 64, {}), ("convnext_tiny", 64, {}), ("googlenet", 64, dict(aux_logits=False, init_weights=False)))}


def shaken(model):
    for name, buffer in model.named_buffers():
        if "running_mean" in name:
            buffer.copy_(torch.randn_like(buffer) * 0.1)
        elif "running_var" in name:
            buffer.copy_(torch.rand_like(buffer) * 0.6 + 0.7)
    return model.eval()


folder.mkdir(parents=True, exist_ok=True)
with open(folder / "index.jsonl", "a") as index, torch.no_grad():
    for seed, (name, (make, inputs)) in enumerate({**own, **vision}.items()):
        if wanted and name not in wanted:
            continue
        torch.manual_seed(seed)
        model, given = shaken(make()), inputs()
        answers = model(*given)
        answers = answers if isinstance(answers, tuple) else (answers,)

        def channels_last(x):
            """As the imported network takes and gives images."""
            x = np.asarray(x)
            return np.moveaxis(x, 1, -1).copy() if x.ndim in (4, 5) else x
        np.savez(folder / f"{name}.npz", **{f"in{i}": channels_last(x) for i, x in enumerate(given)}, **{f"out{i}": channels_last(y) for i, y in enumerate(answers)})
        # The newer exporter turns the pooling of a ConvNeXt into strides over memory, which no layer stands for.
        for exporter in ("script",) if name == "convnext_tiny" else ("script", "dynamo"):
            file = f"{name}.{exporter}.onnx"
            try:
                batch = {f"in{i}": {0: "N"} for i in range(len(given))}
                names = dict(input_names=list(batch), output_names=[f"out{i}" for i in range(len(answers))])
                if exporter == "script":
                    torch.onnx.export(model, given, str(folder / file), dynamo=False, opset_version=13 if seed % 2 else 17, dynamic_axes=batch, **names)
                else:
                    torch.onnx.export(model, given, str(folder / file), dynamo=True, external_data=False, verbose=False,
                                      dynamic_shapes=tuple({0: torch.export.Dim("N")} for _ in given), **names)
                index.write(json.dumps(dict(name=name, files=[file], layers=len(list(model.modules())), application=name in vision)) + "\n")
            except Exception as fault:
                index.write(json.dumps(dict(name=name, files=[file], fault=f"{type(fault).__name__}: {fault}"[:300])) + "\n")
            index.flush()
