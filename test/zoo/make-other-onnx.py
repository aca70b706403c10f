"""Makes ONNX files by tf2onnx from Keras 2 models, by Keras 3 and by skl2onnx, with the answers of those who made them.

python make-other-onnx.py FOLDER: a line of JSON a file in FOLDER/index.jsonl.
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
import tensorflow as tf
import tf2onnx
import tf_keras as k
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
L, N = k.layers, keras.layers


def images():
    x = entry = k.Input((16, 16, 3), name="image")
    x = y = L.Conv2D(6, 3, padding="same", strides=2, activation="relu")(L.Rescaling(1 / 127.5, -1)(x))
    x = L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same")(x))
    x = L.Multiply()([x, L.Reshape((1, 1, 6))(L.Dense(6, activation="sigmoid")(L.GlobalAveragePooling2D()(x)))])
    x = L.Concatenate()([L.Add()([x, y]), L.MaxPooling2D(3, 1, padding="same")(y)])
    return k.Model(entry, L.Dense(4, activation="softmax")(L.Flatten()(L.AveragePooling2D()(x))))


def words():
    return keras.Sequential([keras.Input((9,), dtype="int32"), N.Embedding(20, 6), N.Conv1D(8, 3, activation="gelu"), N.LayerNormalization(), N.GlobalMaxPooling1D(), N.Dense(2)])


def attentive():
    x = entry = keras.Input((6, 8))
    x = N.LayerNormalization()(x + N.MultiHeadAttention(2, 4)(x, x))
    return keras.Model(entry, N.Dense(3)(N.GlobalAveragePooling1D()(x + N.Dense(8)(N.Dense(16, activation="gelu")(x)))))


def normed():
    return keras.Sequential([keras.Input((8, 8, 4)), N.Conv2D(8, 3), N.GroupNormalization(4), N.LayerNormalization(), N.Cropping2D(1), N.Flatten(), N.Dense(3)])


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
    # By Keras 3 itself, which spells out normalizations, GELU, embeddings and attention.
    for name, make in dict(words=words, normed=normed, attentive=attentive).items():
        keras.utils.set_random_seed(5)
        model, random = make(), np.random.default_rng(5)
        shape = (2, *model.input_shape[1:])
        x = random.integers(0, 20, shape).astype("int32") if name == "words" else random.normal(0, 1, shape).astype("float32")
        np.savez(folder / f"{name}.keras3.npz", in0=x.astype("float32"), out0=np.asarray(model(x, training=False)))
        model.export(str(folder / f"{name}.keras3.onnx"), format="onnx", verbose=False)
        index.write(json.dumps(dict(name=name, files=[f"{name}.keras3.onnx"], layers=len(model.layers))) + "\n")
    random = np.random.default_rng(3)
    x = random.normal(size=(80, 6)).astype("float32")
    classes, sums = (x[:, 0] > 0.5).astype(int) + (x[:, 1] > 0), x[:, 0] + 2 * x[:, 1]
    scaled = lambda last: make_pipeline(StandardScaler(), last)
    models = dict(
        perceptron=(scaled(MLPClassifier((8, 5), max_iter=60, random_state=1)), classes, {"zipmap": False}),
        # As exported where nothing is said: scores as maps, behind what makes them.
        maps=(scaled(MLPClassifier((8,), activation="tanh", max_iter=60, random_state=1)), classes > 0, None),
        logistic=(scaled(LogisticRegression()), classes, None),
        line=(LinearRegression(), sums, None),
    )
    for name, (model, y, options) in models.items():
        model.fit(x, y)
        (folder / f"{name}.skl2onnx.onnx").write_bytes(to_onnx(model, x[:1], options=options, target_opset=15).SerializeToString())
        answers = model.predict_proba(x[:4]) if hasattr(model, "predict_proba") else model.predict(x[:4])[:, None]
        np.savez(folder / f"{name}.skl2onnx.npz", in0=x[:4], out0=answers.astype("float32"))
        index.write(json.dumps(dict(name=name, files=[f"{name}.skl2onnx.onnx"], layers=3)) + "\n")
