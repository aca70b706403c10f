# tfmot's own MNIST recipe (its guide "Pruning in Keras example"): 4 epochs dense, then 2 epochs from 50 % to 80 % sparsity.
# The guide holds out a tenth of the 60,000 training images; here it is Espalier's 5,000.
import gzip
import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

from rounds import answer_rounds, images, labels, task

import time

import numpy as np
import tensorflow as tf
import tf_keras as keras
import tensorflow_model_optimization as tfmot

x, y = images(task["train"]), labels(task["train"])
held_out = images(task["validation"]), labels(task["validation"])
x_test, y_test = images(task["test"]), labels(task["test"])
seeds = iter(range(1, 1000))


def compiled(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
    return model


def fit(model, epochs, batch, callbacks=()):
    began = time.perf_counter()
    model.fit(x, y, epochs=epochs, batch_size=batch, validation_data=held_out, verbose=0, callbacks=list(callbacks))
    return time.perf_counter() - began


# Gzipped bytes of the files that tfmot's guide writes, int8 with calibration.
def keras_file(model):
    path = os.path.join(task["files"], "model.keras")
    bare = keras.models.clone_model(model)  # not compiled, so that no optimizer is in the file
    bare.set_weights(model.get_weights())
    bare.save(path)
    with open(path, "rb") as file:
        return zipped(file.read())


def tflite(model, integer=False):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if integer:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([x[i : i + 1]] for i in range(200))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return zipped(converter.convert())


def zipped(data):
    return len(gzip.compress(data, 6))


def recipe():
    keras.utils.set_random_seed(next(seeds))
    model = compiled(keras.Sequential([
        keras.layers.InputLayer(input_shape=(28, 28, 1)),
        keras.layers.Conv2D(12, (3, 3), activation="relu"),
        keras.layers.MaxPooling2D((2, 2)),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]))
    dense_seconds = fit(model, 4, 32)
    dense = model.evaluate(x_test, y_test, verbose=0)[1]
    # Before it is wrapped: tfmot prunes these very layers.
    sizes = {"keras": keras_file(model), "tflite": tflite(model)} if "files" in task else {}
    end = int(np.ceil(len(x) / 128)) * 2
    schedule = tfmot.sparsity.keras.PolynomialDecay(initial_sparsity=0.50, final_sparsity=0.80, begin_step=0, end_step=end)
    pruned = compiled(tfmot.sparsity.keras.prune_low_magnitude(model, pruning_schedule=schedule))
    sparse_seconds = fit(pruned, 2, 128, [tfmot.sparsity.keras.UpdatePruningStep()])
    sparse = pruned.evaluate(x_test, y_test, verbose=0)[1]
    if "files" in task:
        sparse_model = tfmot.sparsity.keras.strip_pruning(pruned)
        sizes |= {"sparseKeras": keras_file(sparse_model), "sparseTflite": tflite(sparse_model), "sparseInt8": tflite(sparse_model, True)}
    kernels = [w for w in tfmot.sparsity.keras.strip_pruning(pruned).get_weights() if w.ndim > 1]
    zeros = sum(int((w == 0).sum()) for w in kernels) / sum(w.size for w in kernels)
    return {
        "seconds": dense_seconds + sparse_seconds, "denseSeconds": dense_seconds, "sparseSeconds": sparse_seconds,
        "dense": float(dense), "sparse": float(sparse), "sparsity": zeros, "sizes": sizes,
    }


answer_rounds({"tensorflow": tf.__version__, "tfmot": tfmot.__version__}, recipe)
