// Which writer puts each class of layer into ONNX, by its Keras name.
import { activation, elu, leakyRelu, prelu, relu, softmax, thresholdedRelu } from './activation.ts';
import { convolution, depthwise, separable, transposed } from './convolution.ts';
import { dense, embedding } from './dense.ts';
import type { LayerWriter } from './layer-call.ts';
import { concatenate, merging } from './merging.ts';
import { batchNormalization, inputNormalization, layerNormalization, rescaling } from './normalization.ts';
import { globalPooling, pooling } from './pooling.ts';
import { recurrent } from './recurrent.ts';
import { cropping, flatten, permute, repeatVector, reshape, unchanged, upSampling, zeroPadding } from './reshaping.ts';

const writers: ReadonlyMap<string, LayerWriter> = new Map(
  Object.entries({
    InputLayer: unchanged,
    Dense: dense,
    Conv1D: convolution(1),
    Conv2D: convolution(2),
    Conv3D: convolution(3),
    Convolution1D: convolution(1),
    Convolution2D: convolution(2),
    Convolution3D: convolution(3),
    Conv2DTranspose: transposed,
    DepthwiseConv2D: depthwise,
    SeparableConv1D: separable(1),
    SeparableConv2D: separable(2),
    BatchNormalization: batchNormalization,
    BatchNormalizationV1: batchNormalization,
    LayerNormalization: layerNormalization,
    Normalization: inputNormalization,
    MaxPooling1D: pooling('MaxPool', 1),
    MaxPooling2D: pooling('MaxPool', 2),
    MaxPooling3D: pooling('MaxPool', 3),
    MaxPool1D: pooling('MaxPool', 1),
    MaxPool2D: pooling('MaxPool', 2),
    MaxPool3D: pooling('MaxPool', 3),
    AveragePooling1D: pooling('AveragePool', 1),
    AveragePooling2D: pooling('AveragePool', 2),
    AveragePooling3D: pooling('AveragePool', 3),
    AvgPool1D: pooling('AveragePool', 1),
    AvgPool2D: pooling('AveragePool', 2),
    AvgPool3D: pooling('AveragePool', 3),
    GlobalMaxPooling1D: globalPooling('GlobalMaxPool'),
    GlobalMaxPooling2D: globalPooling('GlobalMaxPool'),
    GlobalMaxPooling3D: globalPooling('GlobalMaxPool'),
    GlobalAveragePooling1D: globalPooling('GlobalAveragePool'),
    GlobalAveragePooling2D: globalPooling('GlobalAveragePool'),
    GlobalAveragePooling3D: globalPooling('GlobalAveragePool'),
    Activation: activation,
    ReLU: relu,
    LeakyReLU: leakyRelu,
    ELU: elu,
    ThresholdedReLU: thresholdedRelu,
    PReLU: prelu,
    Softmax: softmax,
    Dropout: unchanged,
    SpatialDropout1D: unchanged,
    SpatialDropout2D: unchanged,
    SpatialDropout3D: unchanged,
    AlphaDropout: unchanged,
    GaussianNoise: unchanged,
    GaussianDropout: unchanged,
    ActivityRegularization: unchanged,
    Rescaling: rescaling,
    RepeatVector: repeatVector,
    Flatten: flatten,
    Reshape: reshape,
    Permute: permute,
    ZeroPadding1D: zeroPadding(1),
    ZeroPadding2D: zeroPadding(2),
    ZeroPadding3D: zeroPadding(3),
    Cropping1D: cropping(1),
    Cropping2D: cropping(2),
    Cropping3D: cropping(3),
    UpSampling1D: upSampling(1),
    UpSampling2D: upSampling(2),
    UpSampling3D: upSampling(3),
    Add: merging('Sum'),
    Subtract: merging('Sub'),
    Multiply: merging('Mul'),
    Average: merging('Mean'),
    Maximum: merging('Max'),
    Minimum: merging('Min'),
    Concatenate: concatenate,
    Embedding: embedding,
    SimpleRNN: recurrent('RNN'),
    GRU: recurrent('GRU'),
    LSTM: recurrent('LSTM'),
  } satisfies Record<string, LayerWriter>),
);

/** Undefined for a class that ONNX export doesn't know. */
export function layerWriter(className: string): LayerWriter | undefined {
  return writers.get(className);
}
