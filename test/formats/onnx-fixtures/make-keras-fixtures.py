"""Makes keras-*.onnx beside it by tf2onnx from a Keras model (TensorFlow 2.21, tf2onnx 1.17), with Keras's own answers.

Its only argument is where to write.
"""
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
import tf2onnx

folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
keras.utils.set_random_seed(7)
layers = keras.layers


def image_network():
    x = entry = keras.Input((9, 8, 3), name="image")
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(max_value=6)(x)
    x = y = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.Conv2D(4, 1, activation="swish")(x)
    x = layers.Add()([x, y])
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(5, activation="elu")(layers.Dropout(0.3)(x))
    return keras.Model(entry, layers.Dense(3, activation="softmax")(x))


def dense_network():
    return keras.Sequential([keras.Input((7,)), layers.Dense(6, activation="selu"), layers.BatchNormalization(), layers.LeakyReLU(negative_slope=0.2), layers.Dense(2)])


for name, model in {"keras-images": image_network(), "keras-dense": dense_network()}.items():
    for weight in model.weights:
        weight.assign(tf.abs(tf.random.normal(weight.shape)) * 0.3 + 0.3 if "variance" in weight.path else tf.random.normal(weight.shape) * 0.4)
    x = np.random.default_rng(1).normal(size=(2, *model.input_shape[1:])).astype(np.float32)
    function = tf.function(lambda x, model=model: model(x, training=False), input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="x")])
    tf2onnx.convert.from_function(function, input_signature=function.input_signature, opset=15, output_path=str(folder / f"{name}.tf2onnx.onnx"))
    np.savez(folder / f"{name}.answers.npz", x=x, y=model(x, training=False).numpy())
