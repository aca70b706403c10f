# Writes constraints.keras and constraints.json: four steps of Keras, by SGD and by Adam, on a network whose weights are held by every constraint
# there is, and regularized in layers that tfjs lacks, for test/engine/constraints.test.ts. Run with the Python of test/interop: python make-constraints.py
import json
import os

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

here = os.path.dirname(__file__)
BATCH, STEPS, RATE = 8, 4, 0.05
constraints = keras.constraints
random = np.random.default_rng(11)
inputs = np.round(random.normal(size=(STEPS, BATCH, 6, 6, 2)).astype("float32"), 6)
labels = random.integers(0, 3, (STEPS, BATCH)).astype("int32")


def build():
    keras.utils.set_random_seed(5)
    layers, regularizers = keras.layers, keras.regularizers
    given = keras.Input((6, 6, 2), name="given")
    # Without a bias: what normalization takes away again has no slope, and Adam would step by rounding alone.
    x = layers.Conv2D(4, 3, name="conv", use_bias=False, kernel_constraint=constraints.MaxNorm(0.6, axis=[0, 1, 2]))(given)
    x = layers.BatchNormalization(name="norm", gamma_constraint=constraints.MaxNorm(1.5), beta_constraint=constraints.NonNeg())(x)
    x = layers.DepthwiseConv2D(3, name="deep", depthwise_constraint=constraints.MinMaxNorm(0.4, 0.8, rate=0.7, axis=[0, 1]))(x)
    x = layers.Reshape((4, 4), name="rows")(x)
    x = layers.MultiHeadAttention(
        2,
        3,
        name="heads",
        use_bias=False,  # that of the keys has no slope either
        kernel_regularizer=regularizers.L1L2(0.002, 0.01),
        kernel_constraint=constraints.MaxNorm(0.9),
    )(x, x)
    x = layers.SeparableConv1D(
        6,
        2,
        name="apart",
        depthwise_regularizer=regularizers.L1(0.01),
        pointwise_regularizer=regularizers.L2(0.02),
        bias_regularizer=regularizers.L1(0.03),
        depthwise_constraint=constraints.UnitNorm(axis=0),
        pointwise_constraint=constraints.NonNeg(),
        bias_constraint=constraints.MaxNorm(0.01),
    )(x)
    x = layers.Conv1DTranspose(
        4,
        2,
        name="back",
        kernel_regularizer=regularizers.L2(0.01),
        kernel_constraint=constraints.MaxNorm(0.7),
    )(x)
    x = layers.Bidirectional(
        layers.GRU(2, return_sequences=True, kernel_regularizer=regularizers.L2(0.02), recurrent_constraint=constraints.MaxNorm(0.8)), name="both"
    )(x)
    x = layers.TimeDistributed(layers.Dense(4, kernel_regularizer=regularizers.L1(0.005), kernel_constraint=constraints.UnitNorm()), name="each")(x)
    twice = layers.Dense(4, name="twice", activation="tanh", kernel_regularizer=regularizers.L2(0.03))
    x = twice(twice(x))
    x = layers.LSTM(
        5,
        name="memory",
        kernel_regularizer=regularizers.L1(0.004),
        recurrent_regularizer=regularizers.L2(0.01),
        kernel_constraint=constraints.UnitNorm(axis=1),
        recurrent_constraint=constraints.MaxNorm(0.9),
        bias_constraint=constraints.NonNeg(),
    )(x)
    answer = layers.Dense(
        3, "softmax", name="answer", kernel_constraint=constraints.MinMaxNorm(0.3, 0.7), bias_constraint=constraints.NonNeg()
    )(x)
    return keras.Model(given, answer, name="held")


def run(optimizer):
    model = build()
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    losses = [float(model.train_on_batch(x, y)) for x, y in zip(inputs, labels)]
    return {"losses": losses, "weights": [np.round(np.asarray(weight), 7).ravel().tolist() for weight in model.weights]}


build().save(os.path.join(here, "constraints.keras"))
content = {
    "keras": keras.__version__,
    "batch": BATCH,
    "rate": RATE,
    "inputs": inputs.ravel().tolist(),
    "labels": labels.ravel().tolist(),
    "names": [weight.path for weight in build().weights],
    "runs": {"sgd": run(keras.optimizers.SGD(RATE)), "adam": run(keras.optimizers.Adam(RATE))},
}
with open(os.path.join(here, "constraints.json"), "w") as file:
    json.dump(content, file)
