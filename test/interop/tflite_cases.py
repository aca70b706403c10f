# The cases that a test wrote down: inputs and expected answers, and how far another runtime's answers are from them.
import json
import os
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np


def cases():
    for case in json.load(open(sys.argv[1])):
        inputs = np.fromfile(case['inputs'], 'float32').reshape(-1, *case['shape'])
        yield case, inputs, np.fromfile(case['expected'], 'float32').reshape(len(inputs), -1)


def report(case, runtime, answers, expected):
    answers = np.asarray(answers).reshape(len(expected), -1)
    spread = float(expected.max() - expected.min()) or 1.0
    apart = float(np.abs(answers - expected).max() / spread)
    print(json.dumps({'name': case['name'], 'runtime': runtime, 'apart': apart, 'top1': float((answers.argmax(1) == expected.argmax(1)).mean())}))
