# Opens .h5 files in Keras 3 and in Keras 2 (tf_keras): python h5-answers.py CASES.json prints a JSON line a file and Keras.
from tflite_cases import cases, report
import keras
import tf_keras

for case, inputs, expected in cases():
    for runtime, load in (('keras 3', keras.saving.load_model), ('keras 2', tf_keras.models.load_model)):
        report(case, runtime, load(case['file'], compile=False).predict(inputs, verbose=0), expected)
