# Keras's side of `training`: `model.fit` on the very model that Espalier trains, with XLA or without, whichever is faster.
from rounds import answer_rounds, faster_of, images, labels, task

import keras
import tensorflow as tf

batch, steps, warm_up = task["batch"], task["steps"], task["warmUp"]
x, y = images(task["train"]), labels(task["train"])


def compiled(jit):
    model = keras.saving.load_model(task["model"], compile=False)
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"], jit_compile=jit)
    return model


def fit(model, count):
    model.fit(x[: count * batch], y[: count * batch], batch_size=batch, epochs=1, shuffle=True, verbose=0)


models = {"auto": compiled("auto"), "no XLA": compiled(False)}
way, tried = faster_of(models, lambda way: fit(models[way], warm_up))
answer_rounds(
    {"keras": keras.__version__, "tensorflow": tf.__version__, "way": way, "tried": tried},
    lambda: fit(models[way], steps),
)
