// A network as the few plain operations that every inference runtime has: what the writers of TFLite, C and SavedModel share.

/** What an operation may do to its result before it is stored. */
export type Fused = 'none' | 'relu' | 'relu6';

/** Entry by entry; `relu-max`, `leaky-relu`, `elu` and `hard-sigmoid` (its slope: 0.2 in Keras 2, 1/6 in Keras 3) have a parameter. */
export type ActivationFunction =
  | 'relu'
  | 'relu6'
  | 'relu-max'
  | 'leaky-relu'
  | 'elu'
  | 'selu'
  | 'sigmoid'
  | 'tanh'
  | 'softplus'
  | 'softsign'
  | 'swish'
  | 'hard-swish'
  | 'hard-sigmoid'
  | 'exponential'
  | 'gelu'
  | 'mish'
  | 'square-root'
  | 'reciprocal'
  | 'logarithm';

/** How a window moves over height and width. `before` is what `same` pads at the top and at the left; zero for `valid`. */
export interface SlidingWindow {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: 'same' | 'valid';
  readonly before: readonly [number, number];
}

interface Common {
  /** The layer of the model that it comes from. */
  readonly layer: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

interface Weighted extends Common {
  readonly kernel: Float32Array;
  /** One an output channel; zeros where the layer has none. */
  readonly bias: Float32Array;
  readonly fused: Fused;
}

/** Kernel: [height, width, channels in / groups, filters]. */
export interface Convolution extends Weighted {
  readonly kind: 'convolution';
  readonly window: SlidingWindow;
  readonly groups: number;
}
/** Kernel: [height, width, channels, multiplier]; output channel c · multiplier + q. */
export interface DepthwiseConvolution extends Weighted {
  readonly kind: 'depthwise';
  readonly window: SlidingWindow;
  readonly multiplier: number;
}
/** Kernel: [height, width, filters, channels in]; output (y, x) gets input (i, j) at y + before = i · stride + kernel row. */
export interface TransposedConvolution extends Weighted {
  readonly kind: 'transposed';
  readonly window: SlidingWindow;
}
/** Kernel: [entries of the input's last axis, units]. */
export interface Dense extends Weighted {
  readonly kind: 'dense';
}
/** Padding counts in neither the maximum nor the mean. */
export interface Pooling extends Common {
  readonly kind: 'pool';
  readonly mode: 'max' | 'average';
  readonly window: SlidingWindow;
}
/** Over all axes but the last. */
export interface GlobalPooling extends Common {
  readonly kind: 'global-pool';
  readonly mode: 'max' | 'average';
}
/** Of two tensors; an axis of length 1 stretches. */
export interface Merge extends Common {
  readonly kind: 'merge';
  readonly mode: 'add' | 'subtract' | 'multiply' | 'maximum' | 'minimum';
  readonly fused: Fused;
}
/** x · scale + shift along the last axis, one pair a channel. */
export interface Affine extends Common {
  readonly kind: 'affine';
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}
export interface Concatenation extends Common {
  readonly kind: 'concatenate';
  readonly axis: number;
}
/** Zeros before and after each axis. */
export interface Padding extends Common {
  readonly kind: 'pad';
  readonly edges: readonly (readonly [number, number])[];
}
/** The part of the output's shape that begins at `begin`. */
export interface Slice extends Common {
  readonly kind: 'slice';
  readonly begin: readonly number[];
}
export interface Reshape extends Common {
  readonly kind: 'reshape';
}
/** Output axis i is input axis `axes[i]`. */
export interface Transpose extends Common {
  readonly kind: 'transpose';
  readonly axes: readonly number[];
}
export interface Activation extends Common {
  readonly kind: 'activation';
  readonly function: ActivationFunction;
  readonly parameter: number;
}
/** `alpha` has `alphaShape`, which stretches over the input. */
export interface ParametricRectifier extends Common {
  readonly kind: 'prelu';
  readonly alpha: Float32Array;
  readonly alphaShape: readonly number[];
}
/** Along the last axis. */
export interface Softmax extends Common {
  readonly kind: 'softmax';
  readonly logarithm: boolean;
}
/** Each entry `factors` times in height and width. */
export interface Enlargement extends Common {
  readonly kind: 'enlarge';
  readonly factors: readonly [number, number];
}

/** Each entry a place between those of the input: the nearest one, or a mean of four; pixel centres at a half, or corners on corners. */
export interface Resizing extends Common {
  readonly kind: 'resize';
  readonly mode: 'nearest' | 'bilinear' | 'corners';
}
/** Of the last two axes, matrix by matrix: [m, k] × [k, n], or [m, k] × [n, k] turned. */
export interface MatrixProduct extends Common {
  readonly kind: 'product';
  readonly turned: boolean;
}
/** The input's entries are numbers of rows; the table is [rows, width]. */
export interface Lookup extends Common {
  readonly kind: 'lookup';
  readonly table: Float32Array;
  readonly width: number;
}

/**
 * (x − mean) / √(variance + epsilon) over the last axis, then a scale and a shift for each of its entries; not centred, the mean is taken to
 * be 0: x / √(mean of x² + epsilon).
 */
export interface LayerNormalization extends Common {
  readonly kind: 'layer-norm';
  readonly centred: boolean;
  readonly epsilon: number;
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

export type PlainOperation =
  | Convolution
  | DepthwiseConvolution
  | TransposedConvolution
  | Dense
  | Pooling
  | GlobalPooling
  | Merge
  | Affine
  | Concatenation
  | Padding
  | Slice
  | Reshape
  | Transpose
  | Activation
  | ParametricRectifier
  | Softmax
  | Enlargement
  | Resizing
  | MatrixProduct
  | Lookup
  | LayerNormalization;

export interface PlainNetwork {
  readonly name: string;
  /** In an order in which they can run. */
  readonly operations: readonly PlainOperation[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of one sample, without the batch axis; channels last. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** @throws RangeError for a tensor that isn't there. */
export function shapeIn({ shapes }: Pick<PlainNetwork, 'shapes'>, tensor: string): readonly number[] {
  const shape = shapes.get(tensor);
  if (shape === undefined) throw new RangeError(`the network has no tensor ${tensor}`);
  return shape;
}

/** Height, width and channels; lower ranks have lengths of 1 in front. */
export function imageOf(shape: readonly number[]): readonly [number, number, number] {
  return [shape.at(-3) ?? 1, shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}
