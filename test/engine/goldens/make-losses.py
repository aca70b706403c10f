# Writes losses.json: Keras's loss of each sample and its gradients in the logits, for test/engine/losses.test.ts.
# Run with the Python of test/interop (keras 3, tensorflow-cpu): python make-losses.py
import json
import os

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

random = np.random.default_rng(2)
SAMPLES = 6
losses = keras.losses


def case(loss, head, units):
    values = (random.normal(size=(SAMPLES, units)) * 2).astype("float32")
    labels = random.integers(0, max(2, units), SAMPLES).astype("int32")
    logits = tf.constant(values)
    hot = labels[:, None].astype("float32") if units == 1 else np.eye(units, dtype="float32")[labels]
    heads = {"softmax": keras.ops.softmax, "sigmoid": keras.ops.sigmoid, "scores": lambda x: x}
    with tf.GradientTape() as tape:
        tape.watch(logits)
        each = {
            "categorical": lambda: losses.categorical_crossentropy(hot, logits, from_logits=True),
            "sparse": lambda: losses.sparse_categorical_crossentropy(labels, logits, from_logits=True),
            "binary": lambda: losses.binary_crossentropy(hot, logits, from_logits=True),
            "mse": lambda: losses.mean_squared_error(hot, heads[head](logits)),
        }[loss]()
        mean = tf.reduce_mean(each)
    return {
        "loss": loss,
        "head": head,
        "units": units,
        "logits": values.ravel().tolist(),
        "labels": labels.tolist(),
        "losses": each.numpy().tolist(),
        "gradient": tape.gradient(mean, logits).numpy().ravel().tolist(),
    }


cases = [("categorical", "softmax", 4), ("sparse", "softmax", 4), ("categorical", "scores", 3), ("binary", "sigmoid", 1), ("binary", "sigmoid", 3)]
cases += [("binary", "scores", 3), ("mse", "softmax", 4), ("mse", "sigmoid", 1), ("mse", "sigmoid", 3), ("mse", "scores", 3), ("mse", "scores", 1)]
content = {"keras": keras.__version__, "cases": [case(*given) for given in cases]}
with open(os.path.join(os.path.dirname(__file__), "losses.json"), "w") as file:
    json.dump(content, file)
