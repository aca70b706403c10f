# The benchmark's networks as a PyTorch user writes them; the widths are those of models.ts.
from torch import nn


def normalised(convolution):
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels))


def convolution(inputs, outputs, size, strides=1, groups=1):
    return nn.Conv2d(inputs, outputs, size, strides, padding=size // 2, groups=groups, bias=False)


class Residual(nn.Module):
    def __init__(self, inputs, outputs, strides):
        super().__init__()
        self.first = nn.Sequential(normalised(convolution(inputs, outputs, 3, strides)), nn.ReLU())
        self.second = normalised(convolution(outputs, outputs, 3))
        self.shortcut = nn.Identity() if strides == 1 else convolution(inputs, outputs, 1, strides)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.shortcut(x) + self.second(self.first(x)))


def lenet_300_100():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))


def lenet_5():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10),
    )


def mnist_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )


def resnet_8():
    return nn.Sequential(
        normalised(convolution(3, 16, 3)), nn.ReLU(), Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )


def depthwise_cnn():
    layers, inputs = [normalised(convolution(3, 32, 3)), nn.ReLU()], 32
    for outputs, strides in [(64, 1), (128, 2), (128, 1), (256, 2)]:
        layers += [normalised(convolution(inputs, inputs, 3, strides, groups=inputs)), nn.ReLU()]
        layers += [normalised(convolution(inputs, outputs, 1)), nn.ReLU()]
        inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


def build(name):
    return {
        "lenet-300-100": lenet_300_100, "lenet-5": lenet_5, "mnist-cnn": mnist_cnn, "resnet-8": resnet_8, "depthwise-cnn": depthwise_cnn,
    }[name]()
