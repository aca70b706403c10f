// Which reader takes each op of ONNX into a Keras network.
import type { OpReader } from './node-call.ts';
import {
  absolute,
  activation,
  celu,
  clip,
  elu,
  gelu,
  greater,
  hardSigmoid,
  hardSwish,
  less,
  leakyRelu,
  prelu,
  selu,
  softmax,
  thresholdedRelu,
  where,
} from './ops/activation.ts';
import { convolution, transposed } from './ops/convolution.ts';
import { gather, gemm, matMul } from './ops/dense.ts';
import { arithmetic, merging, negative, power, reciprocal, squareRoot } from './ops/elementwise.ts';
import { einsum } from './ops/einsum.ts';
import { erf, erfc } from './ops/gelu.ts';
import { batchNormalization, groupNormalization, instanceNormalization, layerNormalization } from './ops/normalization.ts';
import { averagePool, globalPool, maxPool, reduce } from './ops/pooling.ts';
import { depthToSpace, spaceToDepth } from './ops/rearranging.ts';
import { recurrent } from './ops/recurrent.ts';
import { pad, slice, split } from './ops/padding-and-cutting.ts';
import { concatenate, flatten, reshape, squeeze, transpose, unchanged, unsqueeze } from './ops/reshaping.ts';
import { resize } from './ops/resizing.ts';
import { scikitReaders } from './ops/scikit.ts';
import { lengthOf } from './ops/spelled-normalization.ts';
import { expand, tile } from './ops/stretching.ts';

const readers: ReadonlyMap<string, OpReader> = new Map(
  Object.entries({
    Conv: convolution,
    ConvTranspose: transposed,
    Gemm: gemm,
    MatMul: matMul,
    Gather: gather,
    BatchNormalization: batchNormalization,
    LayerNormalization: layerNormalization,
    InstanceNormalization: instanceNormalization,
    GroupNormalization: groupNormalization,
    MaxPool: maxPool,
    AveragePool: averagePool,
    GlobalAveragePool: globalPool('GlobalAveragePooling'),
    GlobalMaxPool: globalPool('GlobalMaxPooling'),
    ReduceMean: reduce('GlobalAveragePooling'),
    ReduceMax: reduce('GlobalMaxPooling'),
    ReduceSum: reduce('GlobalAveragePooling', 'sum'),
    ReduceMin: reduce('GlobalMaxPooling', 'negated'),
    ReduceL2: lengthOf,
    Relu: activation('relu', true),
    Sigmoid: activation('sigmoid', true),
    Tanh: activation('tanh'),
    Softplus: activation('softplus', true),
    Softsign: activation('softsign'),
    Mish: activation('mish'),
    Celu: celu,
    Exp: activation('exponential', true),
    Log: activation('log'),
    Abs: absolute,
    LeakyRelu: leakyRelu,
    Elu: elu,
    Selu: selu,
    ThresholdedRelu: thresholdedRelu,
    Gelu: gelu,
    Erf: erf,
    Erfc: erfc,
    Less: less,
    Greater: greater,
    Where: where,
    PRelu: prelu,
    HardSigmoid: hardSigmoid,
    HardSwish: hardSwish,
    Clip: clip,
    Softmax: softmax('softmax'),
    LogSoftmax: softmax('log_softmax'),
    Add: arithmetic('Add'),
    Sub: arithmetic('Sub'),
    Mul: arithmetic('Mul'),
    Div: arithmetic('Div'),
    Neg: negative,
    Pow: power,
    Sqrt: squareRoot,
    Reciprocal: reciprocal,
    Sum: merging('Add'),
    Mean: merging('Average'),
    Max: merging('Maximum'),
    Min: merging('Minimum'),
    Concat: concatenate,
    Pad: pad,
    Flatten: flatten,
    Reshape: reshape,
    Transpose: transpose,
    Squeeze: squeeze,
    Unsqueeze: unsqueeze,
    Slice: slice,
    Split: split,
    Tile: tile,
    Expand: expand,
    DepthToSpace: depthToSpace,
    SpaceToDepth: spaceToDepth,
    Einsum: einsum,
    Resize: resize,
    Upsample: resize,
    Dropout: unchanged,
    Identity: unchanged,
    Cast: unchanged,
    LSTM: recurrent('LSTM'),
    GRU: recurrent('GRU'),
    RNN: recurrent('RNN'),
  } satisfies Record<string, OpReader>),
);

/** Ops that turn scores into labels, as scikit-learn's exporter adds them: what they give is no tensor of a network. */
export const leftOut: ReadonlySet<string> = new Set(['ArgMax', 'ArgMin', 'TopK', 'ArrayFeatureExtractor', 'LabelEncoder']);

/** Undefined for an op that Espalier doesn't know; @param domain '' is ONNX's own. */
export function opReader(domain: string, op: string): OpReader | undefined {
  if (domain === 'ai.onnx.ml') return scikitReaders.get(op);
  return domain === '' || domain === 'ai.onnx' ? readers.get(op) : undefined;
}
