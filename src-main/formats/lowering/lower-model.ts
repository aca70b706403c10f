// A model as plain operations: nested models taken apart, batch normalisation folded, activations fused.
import { StudioError } from '#contract/errors.ts';
import { readGraph, type GraphNode, type TensorRef } from '#network/graph.ts';
import { readEnds } from '#network/inbound-nodes.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { inferShapes, type ShapedGraph } from '#network/tensor-shapes.ts';
import {
  lowerActivation,
  lowerElu,
  lowerLeakyRectifier,
  lowerParametricRectifier,
  lowerRectifier,
  lowerSoftmax,
} from './lower-activations.ts';
import {
  lowerBatchNormalization,
  lowerGroupNormalization,
  lowerLayerNormalization,
  lowerLayerScale,
  lowerRescaling,
  lowerRmsNormalization,
  lowerUnitNormalization,
} from './lower-normalisations.ts';
import { lowerAttention, lowerDot, lowerEmbedding, lowerMultiHeadAttention } from './lower-attention.ts';
import { lowerBidirectional, lowerRecurrent } from './lower-recurrent.ts';
import {
  lowerConcatenation,
  lowerCropping,
  lowerMerge,
  lowerPermute,
  lowerRepeat,
  lowerResizing,
  lowerUpSampling,
  lowerView,
  lowerZeroPadding,
} from './lower-shapes.ts';
import {
  lowerConvolution,
  lowerDense,
  lowerDepthwise,
  lowerGlobalPooling,
  lowerPooling,
  lowerSeparable,
  lowerTransposed,
} from './lower-windows.ts';
import { lowerTimeDistributed, type Lowering } from './lower-wrapping.ts';
import { PlainBuilder, refuse, type LayerCall } from './plain-builder.ts';
import type { PlainNetwork } from './plain-network.ts';
import { simplify } from './simplify.ts';

const table: ReadonlyMap<string, Lowering> = new Map(
  Object.entries({
    Dense: lowerDense,
    Conv1D: lowerConvolution(1),
    Conv2D: lowerConvolution(2),
    DepthwiseConv2D: lowerDepthwise(2),
    SeparableConv2D: lowerSeparable(2),
    Conv2DTranspose: lowerTransposed(2),
    MaxPooling1D: lowerPooling(1, 'max'),
    MaxPooling2D: lowerPooling(2, 'max'),
    AveragePooling1D: lowerPooling(1, 'average'),
    AveragePooling2D: lowerPooling(2, 'average'),
    GlobalMaxPooling1D: lowerGlobalPooling('max'),
    GlobalMaxPooling2D: lowerGlobalPooling('max'),
    GlobalAveragePooling1D: lowerGlobalPooling('average'),
    GlobalAveragePooling2D: lowerGlobalPooling('average'),
    BatchNormalization: lowerBatchNormalization,
    LayerNormalization: lowerLayerNormalization,
    Rescaling: lowerRescaling,
    Activation: lowerActivation,
    ReLU: lowerRectifier,
    LeakyReLU: lowerLeakyRectifier,
    ELU: lowerElu,
    PReLU: lowerParametricRectifier,
    Softmax: lowerSoftmax,
    InputLayer: lowerView,
    Flatten: lowerView,
    Reshape: lowerView,
    Dropout: lowerView,
    SpatialDropout1D: lowerView,
    SpatialDropout2D: lowerView,
    AlphaDropout: lowerView,
    GaussianDropout: lowerView,
    GaussianNoise: lowerView,
    ActivityRegularization: lowerView,
    Permute: lowerPermute,
    RepeatVector: lowerRepeat,
    ZeroPadding1D: lowerZeroPadding(1),
    ZeroPadding2D: lowerZeroPadding(2),
    Cropping1D: lowerCropping(1),
    Cropping2D: lowerCropping(2),
    UpSampling1D: lowerUpSampling(1),
    UpSampling2D: lowerUpSampling(2),
    Add: lowerMerge('add'),
    Subtract: lowerMerge('subtract'),
    Multiply: lowerMerge('multiply'),
    Maximum: lowerMerge('maximum'),
    Minimum: lowerMerge('minimum'),
    Average: lowerMerge('add', true),
    Concatenate: lowerConcatenation,
    SeparableConv1D: lowerSeparable(1),
    DepthwiseConv1D: lowerDepthwise(1),
    Conv1DTranspose: lowerTransposed(1),
    LayerScale: lowerLayerScale,
    GroupNormalization: lowerGroupNormalization,
    RMSNormalization: lowerRmsNormalization,
    UnitNormalization: lowerUnitNormalization,
    Resizing: lowerResizing,
    Embedding: lowerEmbedding,
    Attention: lowerAttention,
    Dot: lowerDot,
    MultiHeadAttention: lowerMultiHeadAttention,
    SimpleRNN: lowerRecurrent,
    GRU: lowerRecurrent,
    LSTM: lowerRecurrent,
    Bidirectional: lowerBidirectional,
    TimeDistributed: lowerTimeDistributed(loweringOf),
    // What tfjs-layers and older versions of Keras call some of them.
    Convolution1D: lowerConvolution(1),
    Convolution2D: lowerConvolution(2),
    MaxPool1D: lowerPooling(1, 'max'),
    MaxPool2D: lowerPooling(2, 'max'),
    AvgPool1D: lowerPooling(1, 'average'),
    AvgPool2D: lowerPooling(2, 'average'),
    BatchNormalizationV1: lowerBatchNormalization,
  } satisfies Record<string, Lowering>),
);

/**
 * Every tensor keeps its layer's name where a layer's own result is one; in between they are called after what they come before.
 * @throws StudioError `unsupported` naming the layer that can't be had, `damaged-file` for a missing weight or a broken topology.
 */
export function lowerModel(artifact: ModelArtifact): PlainNetwork {
  const shaped = inferShapes(readGraph(artifact.topology));
  const weights = new Map(artifact.weights.map((tensor) => [tensor.name, tensor]));
  const builder = new PlainBuilder();
  const inputs: string[] = [];
  for (const node of shaped.graph.nodes) {
    if (node.inputs.length === 0) {
      const input = node.type === 'InputLayer' ? node.id : `${node.id}_input`;
      builder.shapes.set(input, sampleShape(node.inputShape, node));
      inputs.push(input);
      if (node.type === 'InputLayer') continue;
    }
    lower(builder, node, shaped, weights, `${node.id}_input`);
  }
  // Nodes come in the order in which they can run; a program gives inputs in the model's own.
  const order = readEnds(artifact.topology.config.input_layers).map(({ layer }) => layer);
  inputs.sort((one, other) => order.indexOf(one) - order.indexOf(other));
  const outputs = shaped.graph.outputs.map(tensorName);
  return simplify({ name: artifact.topology.config.name, operations: builder.operations, inputs, outputs, shapes: builder.shapes });
}

function lower(
  builder: PlainBuilder,
  node: GraphNode,
  shaped: ShapedGraph,
  weights: ReadonlyMap<string, NamedTensor>,
  ownInput: string,
): void {
  const how = loweringOf(node.type, node);
  const weight = (name: string): NamedTensor => {
    const tensor = weights.get(`${node.layer}/${name}`);
    if (tensor === undefined || tensor.data.length === 0) {
      throw new StudioError('damaged-file', 'This weight of the model is missing.', {
        where: `${node.layer}/${name}`,
        whatToDo: 'Save the model again from the program that made it.',
      });
    }
    return tensor;
  };
  how(builder, {
    layer: node.layer,
    type: node.type,
    config: node.config,
    inputs: node.inputs.length === 0 ? [ownInput] : node.inputs.map(tensorName),
    output: node.id,
    outputShape: sampleShape(shaped.shapes.get(node.id)?.outputs[0] ?? null, node),
    weight: (name) => Float32Array.from(weight(name).data),
    weightShape: (name) => weight(name).shape,
    hasWeight: (name) => weights.has(`${node.layer}/${name}`),
  });
}

function loweringOf(type: string, call: Pick<LayerCall, 'layer'>): Lowering {
  const how = table.get(type);
  if (how === undefined) throw refuse(call, `layers of the class ${type} have no counterpart there`);
  return how;
}

/** Without the batch axis; every other one must be known. */
function sampleShape(shape: readonly (number | null)[] | null, node: GraphNode): number[] {
  const sizes = shape?.slice(1) ?? [null];
  const known = sizes.filter((size) => size !== null);
  if (known.length !== sizes.length)
    throw refuse(
      node,
      'the shape of its tensors is not known, or free in another axis than the batch',
      "Give the model's input a fixed shape.",
    );
  return known;
}

function tensorName({ node, output }: TensorRef): string {
  return output === 0 ? node : `${node}:${output}`;
}
