# Opens networks that Espalier trained for some steps, goes on in Keras 3 (.keras) or Keras 2 (.h5) over the batches that follow, and saves them
# again: python training-goes-on.py CASES.json prints a JSON line a file.
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

for case in manifest["cases"]:
    second = case["file"].endswith(".h5")
    model = (tf_keras.models.load_model if second else keras.saving.load_model)(case["file"])
    begins = int(model.optimizer.iterations.numpy())
    losses = []
    for x, y in zip(inputs[done:], labels[done:]):
        answer = model.train_on_batch(x, y)
        losses.append(float(answer[0] if isinstance(answer, (list, tuple)) else answer))
        if not second:
            model.reset_metrics()
    model.save(case["again"])
    print(json.dumps({"name": case["name"], "begins": begins, "losses": losses}))
