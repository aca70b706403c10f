# Real Keras as the judge: makes inputs for a model, and compares its answers with those of a .npy file.
import json
import os
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras
import numpy as np

model = keras.saving.load_model(sys.argv[2])
if sys.argv[1] == 'inputs':
    shape = [64] + [int(side) for side in model.input_shape[1:]]
    np.save(sys.argv[3], np.random.default_rng(1).random(shape, dtype='float32'))
else:
    ours = np.load(sys.argv[4])
    theirs = model.predict(np.load(sys.argv[3]), verbose=0)
    weights = model.get_weights()
    print(json.dumps({
        'maxDifference': float(np.abs(ours - theirs).max()),
        'parameters': int(sum(w.size for w in weights)),
        'nonzero': int(sum(np.count_nonzero(w) for w in weights)),
    }))
