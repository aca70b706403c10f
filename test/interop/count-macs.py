# Ten networks of Keras's applications with fresh weights: saved, and counted by Keras and by TensorFlow's profiler.
# usage: count-macs.py FOLDER → one line of JSON a network: name, parameters, those that are constants, multiply-accumulates of one sample.
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

A = keras.applications
NETWORKS = [
    ("vgg16", A.VGG16, 64, {"include_top": False, "pooling": "avg"}),
    ("resnet50", A.ResNet50, 64, {}),
    ("resnet50v2", A.ResNet50V2, 64, {}),
    ("mobilenet", A.MobileNet, 64, {}),
    ("mobilenetv2", A.MobileNetV2, 64, {}),
    ("mobilenetv3small", A.MobileNetV3Small, 64, {}),
    ("densenet121", A.DenseNet121, 64, {}),
    ("efficientnetb0", A.EfficientNetB0, 64, {}),
    ("xception", A.Xception, 96, {}),
    ("inceptionv3", A.InceptionV3, 96, {}),
]
# The operations in which kernels are multiplied; the profiler counts a multiplication and an addition each.
KERNELS = {"Conv2D", "DepthwiseConv2dNative", "MatMul"}


def macs(model, size):
    call = tf.function(lambda x: model(x, training=False))
    graph = convert_variables_to_constants_v2(call.get_concrete_function(tf.TensorSpec([1, size, size, 3], tf.float32))).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()).with_empty_output().build()
    with graph.as_default():
        profile = tf.compat.v1.profiler.profile(graph=graph, cmd="op", options=options)
    total, waiting = 0, [profile]
    while waiting:
        node = waiting.pop()
        if node.name in KERNELS:
            total += node.float_ops
        waiting.extend(node.children)
    return total // 2


folder = sys.argv[1]
for name, build, size, more in NETWORKS:
    keras.backend.clear_session()
    settings = {"weights": None, "input_shape": (size, size, 3)}
    if more.get("include_top", True):
        settings["classes"] = 10
    model = build(**settings, **more)
    model.save(os.path.join(folder, f"{name}.keras"))
    # Means, variances and a counter of Normalization layers, which are a constant of the layer to Espalier and weights to Keras.
    constants = sum(layer.count_params() for layer in model.layers if isinstance(layer, keras.layers.Normalization))
    counts = {"parameters": model.count_params(), "constants": constants, "macs": macs(model, size)}
    print(json.dumps({"name": name, **counts}), flush=True)
