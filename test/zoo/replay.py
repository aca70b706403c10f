"""Asks exported files in the runtimes they are for: a line of JSON in is a case, a line out says how long it took and what went wrong.

A case names a runtime, a file, a .npz of inputs and the .npz for its answers.
"""
import json
import os
import re
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
import tensorflow as tf
import tf_keras


def in_order(model, inputs):
    return [tf.constant(x, dtype=getattr(tensor.dtype, "name", tensor.dtype)) for x, tensor in zip(inputs, model.inputs)]


def by_keras(load):
    def answer(file, inputs):
        model = load(file, compile=False)
        given = in_order(model, inputs)
        return model(given if len(given) > 1 else given[0], training=False)
    return answer


def by_saved_model(file, inputs):
    signature = tf.saved_model.load(file).signatures["serving_default"]
    names = json.load(open(os.path.join(file, "..", "signature.json")))
    wanted = signature.structured_input_signature[1]
    answers = signature(**{name: tf.constant(x, dtype=wanted[name].dtype) for name, x in zip(names["inputs"], inputs)})
    return [answers[name] for name in names["outputs"]]


def by_tflite(file, inputs):
    interpreter = tf.lite.Interpreter(model_path=file)
    names = json.load(open(os.path.join(os.path.dirname(file), "signature.json")))
    runner = interpreter.get_signature_runner("serving_default")
    stated = interpreter.get_signature_list()["serving_default"]
    # A SavedModel's names have letters, digits and _ alone, and no digit in front.
    own = {re.sub(r"^(\d)", r"_\1", re.sub(r"\W", "_", name)): name for name in stated["inputs"] + stated["outputs"]}
    names = {end: [own[name] for name in names[end]] for end in ("inputs", "outputs")}
    rows = []
    for at in range(len(inputs[0])):
        details = runner.get_input_details()
        rows.append(runner(**{name: x[at : at + 1].astype(details[name]["dtype"]) for name, x in zip(names["inputs"], inputs)}))
    return [np.concatenate([row[name] for row in rows]) for name in names["outputs"]]


runtimes = {"keras": by_keras(keras.saving.load_model), "h5": by_keras(keras.saving.load_model), "h5 in Keras 2": by_keras(tf_keras.models.load_model),
            "savedmodel": by_saved_model, "tflite": by_tflite}
for line in sys.stdin:
    case, began, said = json.loads(line), time.monotonic(), {}
    try:
        stored = np.load(case["inputs"])
        answers = runtimes[case["runtime"]](case["file"], [stored[f"in{at}"] for at in range(len(stored.files))])
        answers = answers if isinstance(answers, (list, tuple)) else [answers]
        np.savez(case["answers"], **{f"out{at}": np.asarray(y, dtype="float32") for at, y in enumerate(answers)})
    except Exception as fault:
        said = {"fault": f"{type(fault).__name__}: {fault}"[:300]}
    keras.backend.clear_session()
    print(json.dumps({"seconds": round(time.monotonic() - began, 3), **said}), flush=True)
