# Opens networks that Espalier trained for some steps: from .keras files goes on in Keras 3 over the batches that follow; from .h5 files, which keep no
# state that a Keras could use, takes a first step in both Kerases. Saves them again: python training-goes-on.py CASES.json prints a JSON line a file.
import json
import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tf_keras

with open(sys.argv[1]) as file:
    manifest = json.load(file)
batch, shape, done = manifest["batch"], manifest["shape"], manifest["done"]
inputs = np.fromfile(manifest["inputs"], dtype="<f4").reshape(-1, batch, *shape)
labels = np.fromfile(manifest["labels"], dtype="<i4").reshape(-1, batch)


def go_on(model):
    begins = int(model.optimizer.iterations.numpy())
    losses = []
    for x, y in zip(inputs[begins:], labels[begins:]):
        losses.append(float(model.train_on_batch(x, y)[0]))
        model.reset_metrics()
    return begins, losses


for case in manifest["cases"]:
    if case["file"].endswith(".keras"):
        model = keras.saving.load_model(case["file"])
        begins, losses = go_on(model)
        model.save(case["again"])
        print(json.dumps({"name": case["name"], "begins": begins, "losses": losses}))
    else:
        for load in (keras.saving.load_model, tf_keras.models.load_model):
            model = load(case["file"])
            model.train_on_batch(inputs[0], labels[0])
        model.save(case["again"])
        print(json.dumps({"name": case["name"], "begins": int(model.optimizer.iterations.numpy()), "losses": []}))
