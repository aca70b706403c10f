# Loads SavedModels with tf.saved_model.load: python savedmodel-answers.py CASES.json prints a JSON line a folder.
from tflite_cases import cases, report
import tensorflow as tf

for case, inputs, expected in cases():
    signature = tf.saved_model.load(case['file']).signatures['serving_default']
    [name] = signature.structured_input_signature[1]
    [answer] = signature(**{name: tf.constant(inputs)}).values()
    report(case, 'tensorflow', answer.numpy(), expected)
