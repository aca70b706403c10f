// x + bias over the last axis → BiasAdd: no broadcasting to work out, and TensorFlow's optimiser can join it to the convolution before it.
import type { Rewrite } from './rewrite.ts';

export const biasAdd: Rewrite = (op, { shapeOf, floatType, channelsLast, attribute, native }) => {
  if ((op.name !== 'Add' && op.name !== 'AddV2') || attribute(op, 'T') !== native.TF_FLOAT) return undefined;
  const [value, bias] = op.inputs;
  if (value === undefined || bias?.from !== 'weight') return undefined;
  const [shape, channels] = [shapeOf(value), shapeOf(bias)];
  if (shape === undefined || channels?.length !== 1 || shape.length < 2 || shape.length > 5 || shape.at(-1) !== channels[0])
    return undefined;
  return { ...op, name: 'BiasAdd', attributes: [floatType, channelsLast], inputs: [value, bias] };
};
