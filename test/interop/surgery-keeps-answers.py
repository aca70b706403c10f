# Keras's side of `surgery-keeps-answers.test.ts`, a folder of files per run:
#   make FOLDER NAME …   NAME.keras: that application of Keras with random numbers in every weight, normalization statistics included
#   kill FOLDER NAME …   reads NAME.dead.json, zeroes what makes those channels; writes NAME.whole.keras
#   compare FOLDER NAME …   prints a JSON line each: how far NAME.small.keras answers from NAME.whole.keras, and its parameters
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

command, folder, *names = sys.argv[1:]
smallest = {"Xception": 71, "InceptionV3": 75, "InceptionResNetV2": 75}


def at(name, ending):
    return os.path.join(folder, name + ending)


def make(name):
    keras.utils.set_random_seed(7)
    size = smallest.get(name, 64)
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=10)
    random = np.random.default_rng(7)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            for weight in layer.weights:
                uniform = random.uniform(0.5, 1.5, weight.shape) if weight.name in ("gamma", "moving_variance") else random.normal(0, 0.2, weight.shape)
                weight.assign(uniform)
        elif getattr(layer, "bias", None) is not None:
            layer.bias.assign(random.normal(0, 0.1, layer.bias.shape))
    model.save(at(name, ".keras"))


def kill(name):
    model = keras.saving.load_model(at(name, ".keras"), compile=False)
    with open(at(name, ".dead.json")) as file:
        groups = json.load(file)
    for group in groups:
        # Operations such as `x + 3` follow too, and are no layers for Keras: they have no weights.
        for layer in (layer for layer in model.layers if layer.name in group["producers"] + group["followers"]):
            for weight in layer.weights:
                follows = layer.name in group["followers"]
                # Without a scale the mean is what a channel of zeros would still send.
                if weight.name in ("moving_variance", "seed_generator_state") or (weight.name == "moving_mean" and layer.scale):
                    continue
                if isinstance(layer, keras.layers.SeparableConv2D) and weight.name == "depthwise_kernel":
                    continue  # it filters the channels that come in
                axis = -2 if isinstance(layer, keras.layers.DepthwiseConv2D) and weight.name == "kernel" else -1
                # A normalization behind a concatenation holds other channels too: its shift is left alive.
                if follows and weight.shape[axis] != group["channels"]:
                    continue
                numbers = weight.numpy()
                np.moveaxis(numbers, axis, -1)[..., group["dead"]] = 0
                weight.assign(numbers)
    model.save(at(name, ".whole.keras"))


def compare(name):
    whole = keras.saving.load_model(at(name, ".whole.keras"), compile=False)
    small = keras.saving.load_model(at(name, ".small.keras"), compile=False)
    # The last layer's softmax would make answers alike: what goes into it is compared.
    probes = [keras.Model(model.inputs, model.layers[-1].input) for model in (whole, small)]
    images = np.random.default_rng(3).uniform(-1, 1, (4, *whole.input_shape[1:])).astype("float32")
    wanted, answered = (probe.predict(images, verbose=0) for probe in probes)
    if wanted.shape != answered.shape:  # the last hidden layer lost channels: then the answers themselves
        wanted, answered = (model.predict(images, verbose=0) for model in (whole, small))
    span = float(wanted.max() - wanted.min())
    print(json.dumps({"name": name, "difference": float(np.abs(wanted - answered).max()), "range": span, "parameters": small.count_params()}), flush=True)


for name in names:
    {"make": make, "kill": kill, "compare": compare}[command](name)
