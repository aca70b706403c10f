"""Makes sklearn.skl2onnx.onnx beside it by skl2onnx 1.20 from scikit-learn's perceptron, with its own probabilities.

Its only argument is where to write.
"""
import sys
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
random = np.random.default_rng(3)
x = random.normal(size=(60, 5)).astype(np.float32) * 2 + 1
labels = (x[:, 0] > 1).astype(int) + (x[:, 1] > 1)
model = make_pipeline(StandardScaler(), MLPClassifier((6,), activation="tanh", max_iter=50, random_state=1)).fit(x, labels)
path = folder / "sklearn.skl2onnx.onnx"
path.write_bytes(to_onnx(model, x[:1], options={"zipmap": False}, target_opset=15).SerializeToString())
np.savez(folder / "sklearn.answers.npz", x=x[:4], y=model.predict_proba(x[:4]).astype(np.float32))
