// The part of the zoo that comes from ONNX by PyTorch, tf2onnx and skl2onnx.
import { runZoo } from './run-zoo.ts';

runZoo('ONNX by PyTorch, tf2onnx and skl2onnx', 'torch', 'others');
