# Writes optimizers.json: twelve steps of each of Keras's optimizers on given gradients, for test/engine/optimizers.test.ts.
# Run with the Python of test/interop (keras 3, tensorflow-cpu): python make-optimizers.py
import json
import os

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

STEPS = 12
random = np.random.default_rng(7)
start = {"kernel": random.normal(size=(2, 3)), "bias": random.normal(size=3)}
gradients = [{name: (random.normal(size=value.shape) * 2) for name, value in start.items()} for _ in range(STEPS)]
# A falling rate, so that an optimizer that mixes the rate into its state in another way is found out.
rates = [0.02 * 0.9**step for step in range(STEPS)]

optimizers = {
    "sgd": lambda **given: keras.optimizers.SGD(**given),
    "momentum": lambda **given: keras.optimizers.SGD(momentum=0.9, **given),
    "nesterov": lambda **given: keras.optimizers.SGD(momentum=0.9, nesterov=True, **given),
    "adam": lambda **given: keras.optimizers.Adam(**given),
    "adamw": lambda **given: keras.optimizers.AdamW(**given),
    "rmsprop": lambda **given: keras.optimizers.RMSprop(**given),
}


def run(make, clip, decay):
    given = {"learning_rate": rates[0]} | ({} if clip == 0 else {"global_clipnorm": clip}) | ({} if decay == 0 else {"weight_decay": decay})
    optimizer = make(**given)
    variables = {name: keras.Variable(value.astype("float32"), name=name) for name, value in start.items()}
    optimizer.build(list(variables.values()))
    after = []
    for rate, step in zip(rates, gradients):
        optimizer.learning_rate = rate
        optimizer.apply([keras.ops.convert_to_tensor(step[name].astype("float32")) for name in variables])
        after.append({name: np.asarray(variable).ravel().tolist() for name, variable in variables.items()})
    return after


flat = lambda values: {name: value.astype("float32").ravel().tolist() for name, value in values.items()}
content = {
    "keras": keras.__version__,
    "shapes": {name: list(value.shape) for name, value in start.items()},
    "start": flat(start),
    "gradients": [flat(step) for step in gradients],
    "rates": rates,
    "runs": [
        {"optimizer": name, "clip": clip, "decay": decay, "after": run(make, clip, decay)}
        for name, make in optimizers.items()
        for clip in (0, 1.5)
        for decay in ((0.05,) if name == "adamw" else (0, 0.05))
    ],
}
with open(os.path.join(os.path.dirname(__file__), "optimizers.json"), "w") as file:
    json.dump(content, file)
