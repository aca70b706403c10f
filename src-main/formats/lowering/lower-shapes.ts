// Layers that move entries about or join them: reshaping, padding, cropping, enlarging, merging.
import { countOf, isList, sizesOf, textOf } from '#network/config-values.ts';
import type { Json } from '#network/model-artifact.ts';
import { inputOf, refuse, refuseChannelsFirst, type LayerCall, type PlainBuilder } from './plain-builder.ts';
import type { Merge, Resizing } from './plain-network.ts';

/** Flatten, Reshape, and what does nothing at inference. */
export function lowerView(builder: PlainBuilder, call: LayerCall): void {
  if (call.type === 'Flatten') refuseChannelsFirst(call);
  builder.reshape(call, inputOf(call), call.outputShape, call.output);
}

export function lowerPermute(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  const axes = sizesOf(call.config, 'dims', builder.shape(input).length).map((axis) => axis - 1);
  builder.add(call, call.output, call.outputShape, { kind: 'transpose', inputs: [input], axes });
}

/** [C] repeated n times is n of it joined. */
export function lowerRepeat(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  const row = builder.reshape(call, input, [1, ...builder.shape(input)]);
  const inputs = Array.from({ length: countOf(call.config, 'n') }, () => row);
  builder.add(call, call.output, call.outputShape, { kind: 'concatenate', inputs, axis: 0 });
}

export function lowerZeroPadding(axes: 1 | 2) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    refuseChannelsFirst(call);
    const edges = Array.from({ length: axes }, (_, axis) => ends(call.config.padding, axis, axes));
    builder.add(call, call.output, call.outputShape, { kind: 'pad', inputs: [inputOf(call)], edges: [...edges, [0, 0]] });
  };
}

export function lowerCropping(axes: 1 | 2) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    refuseChannelsFirst(call);
    const begin = Array.from({ length: axes }, (_, axis) => ends(call.config.cropping, axis, axes)[0]);
    builder.add(call, call.output, call.outputShape, { kind: 'slice', inputs: [inputOf(call)], begin: [...begin, 0] });
  };
}

export function lowerUpSampling(axes: 1 | 2) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    refuseChannelsFirst(call);
    const mode = textOf(call.config, 'interpolation', 'nearest');
    if (mode === 'bilinear' && axes === 2) return resize(builder, call, mode);
    if (mode !== 'nearest') throw refuse(call, `its interpolation is "${mode}", which differs from runtime to runtime`);
    const sizes = sizesOf(call.config, 'size', axes, 2);
    const input = inputOf(call);
    if (axes === 2) {
      builder.add(call, call.output, call.outputShape, { kind: 'enlarge', inputs: [input], factors: [sizes[0]!, sizes[1]!] });
      return;
    }
    const large = builder.add(call, `${call.output}/as image`, [1, ...call.outputShape], {
      kind: 'enlarge',
      inputs: [builder.reshape(call, input, [1, ...builder.shape(input)])],
      factors: [1, sizes[0]!],
    });
    builder.reshape(call, large, call.outputShape, call.output);
  };
}

export function lowerResizing(builder: PlainBuilder, call: LayerCall): void {
  refuseChannelsFirst(call);
  const mode = textOf(call.config, 'interpolation', 'bilinear');
  if (mode !== 'nearest' && mode !== 'bilinear' && mode !== 'corners')
    throw refuse(call, `its interpolation is "${mode}", which differs from runtime to runtime`);
  if (['crop_to_aspect_ratio', 'pad_to_aspect_ratio'].some((key) => call.config[key] === true))
    throw refuse(call, 'it keeps the aspect ratio by cropping or padding');
  resize(builder, call, mode);
}

function resize(builder: PlainBuilder, call: LayerCall, mode: Resizing['mode']): void {
  builder.add(call, call.output, call.outputShape, { kind: 'resize', inputs: [inputOf(call)], mode });
}

/** More than two inputs are merged one after another. */
export function lowerMerge(mode: Merge['mode'], mean = false) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    const last = call.inputs.length - 1;
    if (last < 1) throw refuse(call, 'it merges fewer than two inputs');
    const end = mean ? `${call.output}/sum` : call.output;
    const merged = call.inputs.slice(1).reduce((before, input, index) => {
      const output = index + 1 === last ? end : `${call.output}/of ${index + 2}`;
      return builder.add(call, output, stretched(builder.shape(before), builder.shape(input)), {
        kind: 'merge',
        mode,
        inputs: [before, input],
        fused: 'none',
      });
    }, inputOf(call));
    if (!mean) return;
    const channels = call.outputShape.at(-1) ?? 1;
    builder.add(call, call.output, call.outputShape, {
      kind: 'affine',
      inputs: [merged],
      scale: new Float32Array(channels).fill(1 / call.inputs.length),
      shift: new Float32Array(channels),
    });
  };
}

export function lowerConcatenation(builder: PlainBuilder, call: LayerCall): void {
  const rank = call.outputShape.length;
  const axis = typeof call.config.axis === 'number' ? call.config.axis : -1;
  const own = axis < 0 ? rank + axis : axis - 1;
  if (own < 0 || own >= rank) throw refuse(call, 'it joins along the batch');
  builder.add(call, call.output, call.outputShape, { kind: 'concatenate', inputs: [...call.inputs], axis: own });
}

function stretched(one: readonly number[], other: readonly number[]): readonly number[] {
  const rank = Math.max(one.length, other.length);
  return Array.from({ length: rank }, (_, axis) => Math.max(one[axis - rank + one.length] ?? 1, other[axis - rank + other.length] ?? 1));
}

/** Keras writes 1, [1, 2] (an axis each; for one axis its two ends) or [[1, 1], [2, 2]]. */
function ends(value: Json | undefined, axis: number, axes: number): readonly [number, number] {
  if (typeof value === 'number') return [value, value];
  if (!isList(value)) return [1, 1];
  const entry = axes === 1 ? value : value[axis];
  if (typeof entry === 'number') return [entry, entry];
  const [before, after] = isList(entry) ? entry : [];
  if (typeof before !== 'number') return [0, 0];
  return [before, typeof after === 'number' ? after : before];
}
