# Runs .tflite files in both of TensorFlow Lite's interpreters: python tflite-answers.py CASES.json prints a JSON line a file and runtime.
import numpy as np
from tflite_cases import cases, report
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter


def run(make, file, inputs):
    interpreter = make(model_path=file)
    interpreter.allocate_tensors()
    given, answered = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    answers = []
    for sample in inputs:
        value = sample[None]
        if given['dtype'] == np.int8:
            scale, zero = given['quantization']
            value = np.clip(np.round(value / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(given['index'], value)
        interpreter.invoke()
        answer = interpreter.get_tensor(answered['index'])
        if answered['dtype'] == np.int8:
            scale, zero = answered['quantization']
            answer = (answer.astype('float32') - zero) * scale
        answers.append(answer.ravel())
    return np.stack(answers)


for case, inputs, expected in cases():
    for runtime, make in (('litert', Interpreter), ('tf.lite', tf.lite.Interpreter)):
        report(case, runtime, run(make, case['file'], inputs), expected)
    interpreter = Interpreter(model_path=case['file'])
    # A program that asks by name: the signature is there and bears the layers' names.
    assert list(interpreter.get_signature_list()) == ['serving_default'], interpreter.get_signature_list()
    if interpreter.get_input_details()[0]['dtype'] == np.float32:
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]['index'], inputs.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]['index'], inputs)
        interpreter.invoke()
        report(case, 'litert, whole batch', interpreter.get_tensor(interpreter.get_output_details()[0]['index']), expected)
