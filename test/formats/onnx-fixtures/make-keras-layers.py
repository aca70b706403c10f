"""Makes keras-layers.json beside it: single layers that tfjs-layers lacks or computes in its own way, with real Keras's answers (Keras 3.15, TensorFlow 2.21).

Its only argument is where to write.
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
random = np.random.default_rng(11)
cases = [
    ("Conv1D", {"filters": 3, "kernel_size": [3], "padding": "causal", "dilation_rate": [2]}, (7, 2)),
    ("Conv1D", {"filters": 2, "kernel_size": [4], "padding": "same", "strides": [3]}, (8, 2)),
    ("Conv2D", {"filters": 4, "kernel_size": [3, 3], "groups": 2, "activation": "relu"}, (3, 4, 4)),
    ("SeparableConv1D", {"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "strides": 2, "padding": "same"}, (7, 2)),
    ("SeparableConv2D", {"filters": 3, "kernel_size": [3, 2], "depth_multiplier": 2}, (3, 3, 2)),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": [2, 5], "strides": [3, 2], "padding": "same"}, (2, 2, 2)),
    ("ZeroPadding1D", {"padding": [1, 2]}, (4, 2)),
    ("Cropping1D", {"cropping": [1, 2]}, (6, 2)),
    ("UpSampling1D", {"size": 3}, (3, 2)),
    ("ZeroPadding3D", {"padding": [[1, 0], [0, 2], [1, 1]]}, (1, 2, 2, 2)),
    ("UpSampling3D", {"size": [2, 1, 3]}, (1, 2, 1, 2)),
    ("GlobalAveragePooling2D", {"keepdims": True}, (3, 4, 2)),
    ("GlobalMaxPooling1D", {"keepdims": True}, (5, 3)),
    ("AveragePooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, (6, 2)),
    ("Normalization", {"axis": -1, "mean": [0.5, -1.0, 2.0], "variance": [4.0, 0.25, 1.0]}, (4, 3)),
    ("Rescaling", {"scale": 0.25, "offset": -1.5}, (3, 2)),
    ("BatchNormalization", {"axis": 1, "epsilon": 0.01}, (3, 4, 2)),
    ("LayerNormalization", {"axis": [-1], "epsilon": 0.001}, (3, 5)),
    ("GRU", {"units": 3, "reset_after": True, "return_sequences": True, "recurrent_activation": "sigmoid"}, (4, 2)),
    ("GRU", {"units": 3, "reset_after": False, "return_sequences": True, "go_backwards": True, "recurrent_activation": "sigmoid"}, (4, 2)),
    ("LSTM", {"units": 3, "return_sequences": True, "go_backwards": True, "recurrent_activation": "sigmoid"}, (4, 2)),
    ("SimpleRNN", {"units": 3, "activation": "relu"}, (4, 2)),
    ("ELU", {"alpha": 0.7}, (6,)),
    ("ReLU", {"negative_slope": 0.3}, (6,)),
    ("Softmax", {"axis": 1}, (3, 4)),
    ("PReLU", {"shared_axes": [1]}, (4, 3)),
    ("RepeatVector", {"n": 3}, (4,)),
    ("Permute", {"dims": [3, 1, 2]}, (2, 3, 2)),
    *[("Activation", {"activation": name}, (8,)) for name in ["gelu", "mish", "hard_silu", "exponential", "leaky_relu", "log_softmax", "silu", "relu6", "softsign"]],
]

made = []
for class_name, config, shape in cases:
    layer = getattr(keras.layers, class_name)(**config)
    entry = keras.Input(shape)
    model = keras.Model(entry, layer(entry))
    weights = []
    for weight in layer.weights:
        if class_name == "Normalization":
            continue
        value = random.normal(size=weight.shape).astype(np.float32) * 0.6
        weight.assign(np.abs(value) + 0.3 if "variance" in weight.name else value)
        role = "depthwise_kernel" if weight.name == "depthwise_kernel" else weight.name
        weights.append({"role": role, "shape": list(weight.shape), "data": [round(float(v), 3) for v in np.asarray(weight).ravel()]})
        weight.assign(np.array(weights[-1]["data"], np.float32).reshape(weight.shape))
    x = np.round(random.normal(size=(2, *shape)), 2).astype(np.float32)
    y = np.asarray(model(x, training=False))
    made.append({"class_name": class_name, "config": config, "shape": list(shape), "weights": weights, "x": [round(float(v), 2) for v in x.ravel()], "y": [float(f"{v:.6g}") for v in y.ravel()], "y_shape": list(y.shape)})
(folder / "keras-layers.json").write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in made) + "\n]\n")
