# Keras's sides of `evaluation`: `evaluate` (loss and accuracy), or `predict` and the accuracy by numpy; with XLA or without.
from rounds import answer_rounds, faster_of, images, labels, task

import keras
import tensorflow as tf

batch = task["batch"]
x, y = images(task["test"]), labels(task["test"])


def compiled(jit):
    model = keras.saving.load_model(task["model"], compile=False)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"], jit_compile=jit)
    return model


def evaluate(model):
    loss, accuracy = model.evaluate(x, y, batch_size=batch, verbose=0)
    return {"loss": float(loss), "accuracy": float(accuracy)}


def predict(model):
    return {"accuracy": float((model.predict(x, batch_size=batch, verbose=0).argmax(1) == y).mean())}


work = {"evaluate": evaluate, "predict": predict}[task["side"]]
models = {"auto": compiled("auto"), "no XLA": compiled(False)}
way, tried = faster_of(models, lambda way: work(models[way]))
answer_rounds({"keras": keras.__version__, "tensorflow": tf.__version__, "way": way, "tried": tried}, lambda: work(models[way]))
