// Layers with several inputs: channel by channel (Add, Multiply) or side by side (Concatenate).
import type { ChannelClasses } from './channel-classes.ts';
import { joined, sizeAlong, type ChannelTensor } from './channel-tensor.ts';
import type { TensorShape } from './config-values.ts';

export interface MergeInput {
  readonly channels: ChannelTensor | null;
  readonly shape: TensorShape | null;
}

/** Null where nothing that comes out can be removed; then what comes in has to stay. */
export function mergeChannels(
  classes: ChannelClasses,
  layer: string,
  inputs: readonly MergeInput[],
  rule: (constants: readonly number[]) => number,
): ChannelTensor | null {
  const present = inputs.flatMap(({ channels }) => (channels === null ? [] : [channels]));
  const width = Math.max(0, ...present.map(({ labels }) => labels.length));
  const [widest] = present.filter(({ labels }) => labels.length === width);
  if (widest === undefined) return null;
  const { axis } = widest;
  const refuse = (why: string): null => {
    for (const { labels } of present) classes.keep(labels, `${layer} ${why}`);
    return null;
  };
  if (present.some((one) => one.axis !== axis)) return refuse('merges it with a tensor whose channels lie on another axis');
  for (const { channels, shape } of inputs) {
    const length = channels?.labels.length ?? (shape === null ? null : sizeAlong(shape, axis));
    if (length === 1 && width > 1) {
      if (channels !== null) classes.keep(channels.labels, `${layer} stretches its one channel over ${width}`);
    } else if (channels === null) return refuse("merges it with channels that can't be removed");
    else if (length !== width) return refuse('merges it with another number of channels');
    else classes.uniteAll(widest.labels, channels.labels, `${layer} merges it with channels that can't be removed`);
  }
  const constants = inputs.map(({ channels }) => (channels?.labels.length === width ? channels.constants : null));
  return { axis, labels: widest.labels, constants: widest.constants.map((_, at) => rule(constants.map((all) => all?.[at] ?? NaN))) };
}

/** `axis` counts from the back. Along another axis than that of the channels, pieces of the same channels come together. */
export function concatenateChannels(
  classes: ChannelClasses,
  layer: string,
  inputs: readonly MergeInput[],
  axis: number,
): ChannelTensor | null {
  const present = inputs.flatMap(({ channels }) => (channels === null ? [] : [channels]));
  const [first] = present;
  if (first === undefined) return null;
  const sizes = inputs.map(({ shape }) => (shape === null ? null : sizeAlong(shape, axis)));
  const sameAxis = present.every((one) => one.axis === first.axis);
  if (sameAxis && first.axis !== axis) {
    return mergeChannels(classes, layer, inputs, (constants) =>
      constants.every((one) => one === constants[0]) ? (constants[0] ?? NaN) : NaN,
    );
  }
  if (!sameAxis || sizes.includes(null)) {
    const why = `${layer} joins it to a tensor ${sameAxis ? 'of unknown size' : 'whose channels lie on another axis'}`;
    for (const { labels } of present) classes.keep(labels, why);
    return null;
  }
  return joined(
    axis,
    inputs.map(({ channels }, at) => channels ?? sizes[at] ?? 0),
  );
}
