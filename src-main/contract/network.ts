// What is in a network: its layers, counts and sizes, as `inspect` shows them.
import { z } from 'zod';

/** A layer's shape without tensors: null is the batch or another free axis. */
export const Shape = z.array(z.int().nullable());
export type Shape = z.infer<typeof Shape>;

/** Bytes of the weights alone, in four encodings. */
export const ByteSizes = z.object({
  /** float32, 4 bytes a parameter. */
  raw: z.int(),
  /** the raw bytes through gzip, level 6. */
  gzip: z.int(),
  /** 1 byte a parameter of a kernel, plus a float32 scale a channel; biases in int32. */
  int8: z.int(),
  /** float32 non-zeros with a bitmap or run lengths, the smaller, a tensor at a time. */
  sparse: z.int(),
});
export type ByteSizes = z.infer<typeof ByteSizes>;

/** `weight`, `block` and `n:m` set weights to zero; `neuron` and `filter` are whole channels, which can be taken out. */
export const Granularity = z.enum(['weight', 'block', 'n:m', 'neuron', 'filter']);
export type Granularity = z.infer<typeof Granularity>;

export const LayerSummary = z.object({
  name: z.string(),
  /** The Keras class name, `Conv2D`. */
  type: z.string(),
  inputShape: Shape,
  outputShape: Shape,
  parameters: z.int(),
  nonzero: z.int(),
  /** Multiply-accumulates of one sample. */
  macs: z.int(),
  /** The dependency group whose channels this layer makes or follows; null where it has none. */
  group: z.string().nullable(),
  /** What may be pruned here, and where nothing may, why. */
  prunable: z.array(Granularity),
  why: z.string().optional(),
  /** Output channels or units, where the layer has them. */
  channels: z.int().optional(),
  activation: z.string().optional(),
});
export type LayerSummary = z.infer<typeof LayerSummary>;

/** An input or an output of the whole network, by the layer that it belongs to. */
export const NetworkEnd = z.object({ name: z.string(), shape: Shape });
export type NetworkEnd = z.infer<typeof NetworkEnd>;

/** All the channels that go together: who makes them, who carries them on, who consumes them. */
export const ChannelGroup = z.object({
  id: z.string(),
  channels: z.int(),
  producers: z.array(z.string()),
  followers: z.array(z.string()),
  consumers: z.array(z.string()),
  granularity: Granularity,
  prunable: z.boolean(),
  why: z.string().optional(),
});
export type ChannelGroup = z.infer<typeof ChannelGroup>;

export const NetworkSummary = z.object({
  name: z.string(),
  parameters: z.int(),
  nonzero: z.int(),
  macs: z.int(),
  bytes: ByteSizes,
  /** Peak bytes of live activations for one sample, float32, layers run in order. */
  activationBytes: z.int(),
  inputShape: Shape,
  outputShape: Shape,
  /** All inputs and outputs, in the order of the network; absent in summaries that were written before there were any. */
  inputs: z.array(NetworkEnd).optional(),
  outputs: z.array(NetworkEnd).optional(),
  layers: z.array(LayerSummary),
  groups: z.array(ChannelGroup),
  unsupported: z.array(z.object({ layer: z.string(), why: z.string() })),
});
export type NetworkSummary = z.infer<typeof NetworkSummary>;
