// The one representation of a model: a Keras topology as tfjs-layers reads it, and its weights by name.
import type { TrainingState } from './training-state.ts';

export type TensorData = Float32Array | Int32Array | Uint8Array;
export type TensorDtype = 'float32' | 'int32' | 'uint8';

export interface NamedTensor {
  /** `layer/kernel`; inside a nested model the inner layer's own name comes first, as tfjs-layers names it. */
  readonly name: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface LayerConfig {
  readonly class_name: string;
  /** Always has `name`; keys in Keras's snake case. */
  readonly config: JsonObject;
  /** The same as in `config`; tfjs-layers needs it here in functional models, and searches for ever where it is missing. */
  readonly name?: string;
  /** Only in functional models: one entry a call, each a list of [layer, call index, tensor index, kwargs]. */
  readonly inbound_nodes?: readonly Json[];
}

/** Keras 2's JSON: `Sequential` with layers in order, or `Functional` with inbound nodes and input and output layers. */
export interface Topology {
  readonly class_name: 'Sequential' | 'Functional';
  readonly config: {
    readonly name: string;
    readonly layers: readonly LayerConfig[];
    readonly input_layers?: Json;
    readonly output_layers?: Json;
  };
}

export interface ModelArtifact {
  readonly topology: Topology;
  readonly weights: readonly NamedTensor[];
  /** Carried along and never interpreted: recipe, lineage, Espalier's version. */
  readonly metadata: JsonObject;
  /** Of the training that made these very weights; dropped where they are changed. */
  readonly training?: TrainingState;
}
