# How much memory the TensorFlow Lite interpreter's arena takes for activations: from the lowest to the highest address of the tensors
# that operations write, and the inputs. usage: tflite-arena.py FILE… → one line of JSON a file.
import json
import sys

from ai_edge_litert.interpreter import Interpreter, OpResolverType

for path in sys.argv[1:]:
    interpreter = Interpreter(model_path=path, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    indices = {detail["index"] for detail in interpreter.get_input_details()}
    for operation in interpreter._get_ops_details():
        indices.update(int(index) for index in operation["outputs"])
    spans = []
    for index in indices:
        view = interpreter.tensor(index)()
        start = view.__array_interface__["data"][0]
        spans.append((start, start + view.nbytes))
        del view
    print(json.dumps({"bytes": max(end for _, end in spans) - min(start for start, _ in spans), "tensors": len(spans)}), flush=True)
