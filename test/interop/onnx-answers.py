# Checks ONNX files with ONNX's own checker and runs them in its reference evaluator, which shares no code with ONNX Runtime.
# python onnx-answers.py CASES.json: [{file, inputs: [{shape, data}]}]; prints one JSON line a file: {answers: [[…], …]} or {fault}.
import json, sys
import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

for case in json.load(open(sys.argv[1])):
    model = onnx.load(case['file'])
    onnx.checker.check_model(model, full_check=True)
    names = [value.name for value in model.graph.input]
    feeds = {name: np.array(given['data'], np.float32).reshape(given['shape']) for name, given in zip(names, case['inputs'])}
    try:
        print(json.dumps({'answers': [np.asarray(answer).ravel().tolist() for answer in ReferenceEvaluator(model).run(None, feeds)]}))
    except (ValueError, RuntimeError, NotImplementedError, TypeError, IndexError) as error:
        print(json.dumps({'fault': str(error)}))
