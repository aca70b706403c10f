# Opens exported .keras files with real Keras 3 and compares its answers with those expected.
# python keras-opens-exports.py EXPORT.keras INPUT.npy EXPECTED.npy [more triples]; prints one JSON line a file, exits 1 if any differs by more than 1e-5.
import json, os, sys
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import keras

worst = 0.0
for export, inputs, expected in zip(*[iter(sys.argv[1:])] * 3):
    model = keras.saving.load_model(export, compile=False)
    answers, wanted = model.predict(np.load(inputs), verbose=0), np.load(expected)
    difference = float(np.abs(answers - wanted).max()) if answers.shape == wanted.shape else float('inf')
    worst = max(worst, difference)
    print(json.dumps({'file': os.path.basename(export), 'parameters': int(model.count_params()), 'maxDifference': difference}))
sys.exit(0 if worst <= 1e-5 else 1)
