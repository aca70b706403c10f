"""Makes tfjs graph models as its converter does: a frozen, optimised graph as JSON, constants in shards; with TensorFlow's own answers.

python make-graph-models.py FOLDER: FOLDER/NAME/model.json, its shard, and FOLDER/NAME.npz. TensorFlow 2.21, tf_keras 2.21.
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf
import tf_keras as k
from google.protobuf.json_format import MessageToDict
from tensorflow.core.protobuf import config_pb2, meta_graph_pb2, rewriter_config_pb2
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tensorflow.python.grappler import tf_optimizer
from tensorflow.python.training.saver import export_meta_graph

L = k.layers
folder = Path(sys.argv[1])


def images():
    x = entry = k.Input((12, 12, 3), name="image")
    x = y = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(L.ZeroPadding2D(1)(x))))
    x = L.Conv2D(6, 1, activation="swish")(L.DepthwiseConv2D(3, padding="same", activation="relu")(x))
    x = L.Concatenate()([L.Add()([x, y]), L.MaxPooling2D(3, 1, padding="same")(y), L.AveragePooling2D(3, 1, padding="same")(x)])
    x = L.Multiply()([x, L.Reshape((1, 1, 18))(L.Dense(18, activation="sigmoid")(L.GlobalAveragePooling2D()(x)))])
    return k.Model(entry, L.Dense(4, activation="softmax")(L.Flatten()(x)))


def vectors():
    return k.Sequential([L.InputLayer((8,)), L.Dense(10, activation="elu"), L.Rescaling(2.0, 1.0), L.Dense(6, activation="tanh"), L.Dense(3)])


def written(name, model):
    signature = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="x")
    frozen = convert_variables_to_constants_v2(tf.function(lambda x: model(x, training=False)).get_concrete_function(signature))
    graph = frozen.graph.as_graph_def()
    meta = export_meta_graph(graph_def=graph, graph=frozen.graph)
    fetched = meta_graph_pb2.CollectionDef()
    fetched.node_list.value.extend([frozen.inputs[0].name, frozen.outputs[0].name])
    meta.collection_def["train_op"].CopyFrom(fetched)
    config = config_pb2.ConfigProto()
    rewriter = config.graph_options.rewrite_options
    # What the converter asks for: constants folded, batch norms folded into convolutions, activations fused.
    rewriter.optimizers.extend(["pruning", "constfold", "arithmetic", "dependency", "pruning", "remap", "constfold", "arithmetic", "dependency"])
    rewriter.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.TWO
    graph = tf_optimizer.OptimizeGraph(config, meta)
    manifest, data = [], b""
    for node in graph.node:
        if node.op == "Const":
            value = tf.make_ndarray(node.attr["value"].tensor)
            manifest.append(dict(name=node.name, shape=list(value.shape), dtype=str(value.dtype)))
            data += value.tobytes()
            node.attr["value"].tensor.ClearField("tensor_content")
            for field in ("float_val", "int_val", "int64_val", "bool_val"):
                node.attr["value"].tensor.ClearField(field)
    ends = dict(inputs={"x": dict(name=frozen.inputs[0].name)}, outputs={"answer": dict(name=frozen.outputs[0].name)})
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "group1-shard1of1.bin").write_bytes(data)
    (place / "model.json").write_text(json.dumps(dict(format="graph-model", generatedBy=tf.__version__, convertedBy="make-graph-models.py", signature=ends,
        modelTopology=MessageToDict(graph), weightsManifest=[dict(paths=["group1-shard1of1.bin"], weights=manifest)])))
    x = np.random.default_rng(3).normal(size=(2, *model.input_shape[1:])).astype("float32")
    np.savez(folder / f"{name}.npz", in0=x, out0=frozen(tf.constant(x))[0].numpy())
    print(name, sorted({node.op for node in graph.node}))


for make in (images, vectors):
    k.utils.set_random_seed(4)
    model = make()
    model.set_weights([np.random.default_rng(at).uniform(0.6, 1.4, w.shape).astype("float32") if "variance" in v.name else w + np.random.default_rng(at).normal(0, 0.1, w.shape).astype("float32")
                       for at, (v, w) in enumerate(zip(model.weights, model.get_weights()))])
    written(make.__name__, model)
