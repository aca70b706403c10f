# Writes distillation.json: Keras's loss, and its gradients in the student's logits, of labels mixed with a teacher's answers, for
# test/engine/distillation.test.ts. Run with the Python of test/interop (keras 3, tensorflow-cpu): python make-distillation.py
import json
import os

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

random = np.random.default_rng(11)
SAMPLES, UNITS = 5, 4
student = (random.normal(size=(SAMPLES, UNITS)) * 3).astype("float32")
teacher = (random.normal(size=(SAMPLES, UNITS)) * 5).astype("float32")
labels = random.integers(0, UNITS, SAMPLES).astype("int32")


def softmax_case(logits, temperature, mix):
    own = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    soft = keras.losses.kl_divergence(keras.ops.softmax(teacher / temperature), keras.ops.softmax(logits / temperature))
    return (1 - mix) * own + mix * temperature**2 * soft


def sigmoid_case(logits, temperature, mix):
    wanted = keras.ops.one_hot(labels, UNITS)
    own = keras.ops.mean(keras.ops.binary_crossentropy(wanted, logits, from_logits=True), -1)
    pair = lambda values: keras.ops.stack([keras.ops.sigmoid(values / temperature), keras.ops.sigmoid(-values / temperature)], -1)
    soft = keras.ops.mean(keras.losses.kl_divergence(pair(teacher), pair(logits)), -1)
    return (1 - mix) * own + mix * temperature**2 * soft


def run(head, temperature, mix):
    logits = tf.constant(student)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        losses = {"softmax": softmax_case, "sigmoid": sigmoid_case}[head](logits, temperature, mix)
        mean = tf.reduce_mean(losses)
    gradient = tape.gradient(mean, logits)
    return {
        "head": head,
        "temperature": temperature,
        "mix": mix,
        "losses": losses.numpy().tolist(),
        "gradient": gradient.numpy().ravel().tolist(),
    }


content = {
    "keras": keras.__version__,
    "shape": [SAMPLES, UNITS],
    "student": student.ravel().tolist(),
    "teacher": teacher.ravel().tolist(),
    "labels": labels.tolist(),
    "cases": [run(head, temperature, mix) for head in ("softmax", "sigmoid") for temperature, mix in ((1, 1), (4, 0.5), (2.5, 0.9), (4, 0))],
}
with open(os.path.join(os.path.dirname(__file__), "distillation.json"), "w") as file:
    json.dump(content, file)
