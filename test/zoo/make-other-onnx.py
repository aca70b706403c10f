"""Makes ONNX files by tf2onnx from Keras models and by skl2onnx from a perceptron, with the answers of those who made them.

python make-other-onnx.py FOLDER: a line of JSON a file in FOLDER/index.jsonl.
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf
import tf2onnx
import tf_keras as k
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
L = k.layers


def images():
    x = entry = k.Input((16, 16, 3), name="image")
    x = y = L.Conv2D(6, 3, padding="same", strides=2, activation="relu")(L.Rescaling(1 / 127.5, -1)(x))
    x = L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same")(x))
    x = L.Multiply()([x, L.Reshape((1, 1, 6))(L.Dense(6, activation="sigmoid")(L.GlobalAveragePooling2D()(x)))])
    x = L.Concatenate()([L.Add()([x, y]), L.MaxPooling2D(3, 1, padding="same")(y)])
    return k.Model(entry, L.Dense(4, activation="softmax")(L.Flatten()(L.AveragePooling2D()(x))))


def vectors():
    return k.Sequential([L.InputLayer((12,)), L.Dense(16, activation="elu"), L.Dense(8, activation="tanh"), L.Dense(3)])


with open(folder / "index.jsonl", "a") as index:
    for name, make in dict(images=images, vectors=vectors, MobileNet=lambda: k.applications.MobileNet(weights=None, input_shape=(64, 64, 3), classes=10)).items():
        k.utils.set_random_seed(5)
        model = make()
        x = np.random.default_rng(5).normal(0, 1, (2, *model.input_shape[1:])).astype("float32")
        tf2onnx.convert.from_keras(model, (tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="x"),), opset=15, output_path=str(folder / f"{name}.tf2onnx.onnx"))
        np.savez(folder / f"{name}.tf2onnx.npz", in0=x, out0=model(x, training=False).numpy())
        index.write(json.dumps(dict(name=name, files=[f"{name}.tf2onnx.onnx"], layers=len(model.layers))) + "\n")
    random = np.random.default_rng(3)
    x = random.normal(size=(80, 6)).astype("float32")
    model = make_pipeline(StandardScaler(), MLPClassifier((8, 5), max_iter=60, random_state=1)).fit(x, (x[:, 0] > 0.5).astype(int) + (x[:, 1] > 0))
    (folder / "perceptron.skl2onnx.onnx").write_bytes(to_onnx(model, x[:1], options={"zipmap": False}, target_opset=15).SerializeToString())
    np.savez(folder / "perceptron.skl2onnx.npz", in0=x[:4], out0=model.predict_proba(x[:4]).astype("float32"))
    index.write(json.dumps(dict(name="perceptron", files=["perceptron.skl2onnx.onnx"], layers=3)) + "\n")
