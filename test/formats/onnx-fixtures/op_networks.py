"""Networks whose PyTorch exports are full of ops that other networks rarely have; each takes one tensor and gives one."""
import torch
from torch import nn
from torch.nn import functional as F


class Pixels(nn.Module):
    """Pixels moved about: sub-pixel convolution, edges reflected, repeated and from the other side, every second one, backwards."""
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c, self.d = nn.Conv2d(12, 8, 3, padding=1), nn.Conv2d(2, 4, 3), nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular"), nn.Conv2d(4, 2, 3)
        self.edges, self.reflected, self.framed = nn.ReplicationPad2d((1, 0, 2, 1)), nn.ReflectionPad2d(2), nn.ConstantPad2d(1, 0.5)

    def forward(self, x):
        x = F.pixel_shuffle(torch.tanh(self.a(F.pixel_unshuffle(x, 2))), 2)
        x = self.framed(self.c(self.edges(self.b(self.reflected(x)))))
        return self.d(torch.flip(x, (3,)))[:, :, 1::2, ::3]


class States(nn.Module):
    """What recurrent layers end with, of both directions and of several layers, beside all their steps."""
    def __init__(self):
        super().__init__()
        self.both = nn.GRU(4, 5, batch_first=True, bidirectional=True)
        self.deep = nn.LSTM(10, 6, num_layers=2, batch_first=True)
        self.head = nn.Linear(5 + 5 + 6 + 6 + 6, 3)

    def forward(self, x):
        x, ends = self.both(x)
        x, (deep, _) = self.deep(x)
        return self.head(torch.cat([ends[0], ends[1], deep[0], deep[1], x.mean(1)], 1))


class Mixing(nn.Module):
    """Tokens mixed by einsum and by matrices from the left, normalised in every way, a vector laid over all of them."""
    def __init__(self):
        super().__init__()
        self.patches, self.norm, self.tokens, self.place = nn.Conv2d(3, 8, 4, 4), nn.LayerNorm(8), nn.Linear(9, 9), nn.Embedding(9, 8)
        self.query, self.key, self.scale = nn.Linear(8, 8), nn.Linear(8, 8), nn.Parameter(torch.rand(8) + 0.5)
        self.left, self.classes = nn.Parameter(torch.randn(9, 9) * 0.3), nn.Linear(8, 4, bias=False)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.place(torch.arange(9))
        x = x + self.tokens(self.norm(x).transpose(1, 2)).transpose(1, 2)
        x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.scale
        share = torch.einsum("bnc,bmc->bnm", self.query(x), self.key(x)).softmax(-1)
        x = x + torch.einsum("bnm,bmc->bnc", share, F.softsign(x)) + self.left @ x
        gate = torch.sigmoid(x.mean(1, keepdim=True)).expand(-1, 9, -1)
        x = torch.maximum(x * gate, torch.minimum(x, gate)).clamp(min=-0.6)
        spread = torch.cat([x.amin(1), x.amax(1).repeat(1, 1)], 1)[:, 4:12]
        return F.linear(F.normalize(spread, dim=1), F.normalize(self.classes.weight, dim=1))


class Sampling(nn.Module):
    """Sizes changed: from corner to corner, in groups, by strides of two kinds and with dilation, means that leave padding out."""
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, stride=(2, 1), padding=1, groups=8)
        self.c, self.back = nn.Conv2d(8, 8, 3, stride=2, padding=2, dilation=2), nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1, groups=2)
        self.row, self.head = nn.Conv1d(6, 4, 3), nn.Linear(4, 3)

    def forward(self, x):
        x = F.relu(self.b(F.interpolate(self.a(x), size=(19, 17), mode="bilinear", align_corners=True)))
        x = F.avg_pool2d(x, 3, 2, padding=1, count_include_pad=False)
        x = F.avg_pool2d(self.back(self.c(x)), 3, 2, ceil_mode=True)
        return self.head(self.row(F.interpolate(x.mean(2), scale_factor=2)).mean(2))


networks = {"pixels": (Pixels, (2, 3, 16, 16)), "states": (States, (2, 5, 4)), "mixing": (Mixing, (2, 3, 12, 12)), "sampling": (Sampling, (2, 3, 11, 10))}
