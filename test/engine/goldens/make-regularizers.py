# Writes regularizers.keras and regularizers.json: three SGD steps of Keras on a network with L1 and L2 on kernels, biases and outputs, and with
# an L1 on batch-norm scales, for test/engine/penalties.test.ts. Run with the Python of test/interop: python make-regularizers.py
import json
import os

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

here = os.path.dirname(__file__)
BATCH, STEPS, SCALE_L1 = 8, 3, 0.02
L1, L2, L1L2 = keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2
random = np.random.default_rng(3)
inputs = random.normal(size=(STEPS, BATCH, 6, 6, 2)).astype("float32")
labels = random.integers(0, 3, (STEPS, BATCH)).astype("int32")


def build(scale_l1=0.0):
    keras.utils.set_random_seed(5)
    scale = {"gamma_regularizer": L1(scale_l1)} if scale_l1 else {}
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            keras.layers.Conv2D(4, 3, name="conv", kernel_regularizer=L1(0.01), bias_regularizer=L2(0.02), activity_regularizer=L2(0.0005)),
            keras.layers.BatchNormalization(name="norm", **scale),
            keras.layers.ReLU(name="relu"),
            keras.layers.Flatten(name="flatten"),
            keras.layers.Dense(3, "softmax", name="answer", kernel_regularizer=L1L2(0.003, 0.01), activity_regularizer=L1L2(0.0, 0.004)),
        ]
    )


def run(model):
    model.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", jit_compile=False)
    losses = [float(model.train_on_batch(x, y)) for x, y in zip(inputs, labels)]
    return {"losses": losses, "weights": [np.asarray(weight).ravel().tolist() for weight in model.weights]}


build().save(os.path.join(here, "regularizers.keras"))
content = {
    "keras": keras.__version__,
    "batch": BATCH,
    "scaleL1": SCALE_L1,
    "inputs": np.round(inputs, 7).ravel().tolist(),
    "labels": labels.ravel().tolist(),
    "plain": run(build()),
    "scaled": run(build(SCALE_L1)),
    "names": [f"{weight.path}" for weight in build().weights],
}
with open(os.path.join(here, "regularizers.json"), "w") as file:
    json.dump(content, file)
