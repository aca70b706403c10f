// Every class of layer that the studio knows, by its Keras name.
import { attention, multiHeadAttention } from './attention.ts';
import { convolution, transposedConvolution } from './convolution.ts';
import { dense } from './dense.ts';
import { depthwiseConvolution, separableConvolution } from './depthwise.ts';
import {
  activation,
  inputLayer,
  masking,
  parametricRectifier,
  rectifier,
  repeatVector,
  rescaling,
  softmax,
  trainingOnly,
} from './elementwise.ts';
import { embedding } from './embedding.ts';
import type { LayerKind } from './layer-kind.ts';
import { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from './merging.ts';
import {
  batchNormalization,
  groupNormalization,
  layerNormalization,
  layerScale,
  rmsNormalization,
  unitNormalization,
} from './normalization.ts';
import { globalPooling, pooling } from './pooling.ts';
import { recurrent } from './recurrent.ts';
import { cropping, flatten, permute, reshape, resizing, upSampling, zeroPadding } from './reshaping.ts';
import { bidirectional, timeDistributed } from './wrapping.ts';

const kinds: ReadonlyMap<string, LayerKind> = new Map(
  Object.entries({
    InputLayer: inputLayer,
    Dense: dense,
    Conv1D: convolution(1),
    Conv2D: convolution(2),
    Conv3D: convolution(3),
    Conv1DTranspose: transposedConvolution(1),
    Conv2DTranspose: transposedConvolution(2),
    Conv3DTranspose: transposedConvolution(3),
    Convolution1D: convolution(1),
    Convolution2D: convolution(2),
    Convolution3D: convolution(3),
    DepthwiseConv1D: depthwiseConvolution(1),
    DepthwiseConv2D: depthwiseConvolution(2),
    SeparableConv1D: separableConvolution(1),
    SeparableConv2D: separableConvolution(2),
    BatchNormalization: batchNormalization,
    BatchNormalizationV1: batchNormalization,
    LayerNormalization: layerNormalization,
    GroupNormalization: groupNormalization,
    UnitNormalization: unitNormalization,
    RMSNormalization: rmsNormalization,
    LayerScale: layerScale,
    MaxPooling1D: pooling,
    MaxPooling2D: pooling,
    MaxPooling3D: pooling,
    MaxPool1D: pooling,
    MaxPool2D: pooling,
    MaxPool3D: pooling,
    AveragePooling1D: pooling,
    AveragePooling2D: pooling,
    AveragePooling3D: pooling,
    AvgPool1D: pooling,
    AvgPool2D: pooling,
    AvgPool3D: pooling,
    GlobalMaxPooling1D: globalPooling,
    GlobalMaxPooling2D: globalPooling,
    GlobalMaxPooling3D: globalPooling,
    GlobalAveragePooling1D: globalPooling,
    GlobalAveragePooling2D: globalPooling,
    GlobalAveragePooling3D: globalPooling,
    Activation: activation,
    ReLU: rectifier,
    LeakyReLU: rectifier,
    ELU: rectifier,
    ThresholdedReLU: rectifier,
    PReLU: parametricRectifier,
    Softmax: softmax,
    Dropout: trainingOnly,
    SpatialDropout1D: trainingOnly,
    SpatialDropout2D: trainingOnly,
    SpatialDropout3D: trainingOnly,
    AlphaDropout: trainingOnly,
    GaussianNoise: trainingOnly,
    GaussianDropout: trainingOnly,
    ActivityRegularization: trainingOnly,
    Masking: masking,
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
    Resizing: resizing,
    CenterCrop: resizing,
    UpSampling1D: upSampling(1),
    UpSampling2D: upSampling(2),
    UpSampling3D: upSampling(3),
    Add: add,
    Subtract: subtract,
    Multiply: multiply,
    Average: average,
    Maximum: maximum,
    Minimum: minimum,
    Concatenate: concatenate,
    Dot: dot,
    Embedding: embedding,
    SimpleRNN: recurrent(1, 1),
    GRU: recurrent(3, 1),
    LSTM: recurrent(4, 2),
    Bidirectional: bidirectional,
    TimeDistributed: timeDistributed((className) => layerKind(className)),
    Attention: attention(false),
    AdditiveAttention: attention(true),
    MultiHeadAttention: multiHeadAttention,
  } satisfies Record<string, LayerKind>),
);

/** Undefined for a class that the studio doesn't know. */
export function layerKind(className: string): LayerKind | undefined {
  return kinds.get(className);
}

export const knownLayers: readonly string[] = [...kinds.keys()];
