// Pooling over everything, flattening, padding, cropping, up-sampling and resizing that tfjs-layers lacks.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { baseOf, isChannelsFirst, only, onlyShape, register, sizes } from './own-layer.ts';
import type { CallArguments, LayerConfig, Shape, TensorLike } from './own-layer.ts';

export function registerOwnShapes(tf: Tensorflow): void {
  abstract class Reshaping extends tf.layers.Layer {
    readonly given: LayerConfig;
    readonly first: boolean;
    constructor(config: LayerConfig) {
      super(config);
      this.given = config;
      this.first = isChannelsFirst(config);
    }
    /** The spatial axes of a tensor of this rank. */
    spatial(rank: number): number[] {
      return Array.from({ length: rank - 2 }, (_, at) => at + (this.first ? 2 : 1));
    }
    abstract change(x: Tensor, given: CallArguments): Tensor;
    override call(inputs: TensorLike, given: CallArguments): Tensor {
      return tf.tidy(() => this.change(only(inputs), given));
    }
    override getConfig() {
      return { ...super.getConfig(), ...this.given } as ReturnType<InstanceType<typeof tf.layers.Layer>['getConfig']>;
    }
  }

  /** Means and maxima over all positions; steps that a mask leaves out don't count in a mean, as in Keras. */
  for (const kind of ['Average', 'Max'] as const) {
    for (const axes of [1, 2, 3]) {
      register(
        tf,
        class extends Reshaping {
          static readonly className = `Global${kind}Pooling${axes}D`;
          override supportsMasking = true;
          override computeMask(): TensorLike {
            return null as unknown as Tensor;
          }
          override computeOutputShape(given: Shape): Shape {
            const shape = onlyShape(given);
            const channels = (this.first ? shape[1] : shape.at(-1)) ?? null;
            if (this.given['keepdims'] !== true) return [shape[0] ?? null, channels];
            const ones = Array.from({ length: axes }, () => 1);
            return this.first ? [shape[0] ?? null, channels, ...ones] : [shape[0] ?? null, ...ones, channels];
          }
          override change(x: Tensor, { mask }: CallArguments): Tensor {
            const keep = this.given['keepdims'] === true;
            const over = this.spatial(x.rank);
            if (kind === 'Max') return tf.max(x, over, keep);
            const shown = mask === undefined || mask === null || axes !== 1 ? undefined : only(mask);
            if (shown === undefined) return tf.mean(x, over, keep);
            const weights = tf.expandDims(tf.cast(shown, 'float32'), this.first ? 1 : 2);
            return tf.div(tf.sum(tf.mul(x, weights), over, keep), tf.sum(weights, over, keep));
          }
        },
      );
    }
  }

  /** tfjs's own doesn't take what is flat already, as Keras does. */
  class Flatten extends baseOf<{ inputSpec: unknown }>(tf.layers.flatten()) {
    static readonly className = 'Flatten';
    constructor(config: LayerConfig) {
      super(config);
      this.inputSpec = [{ minNDim: 2 }];
    }
  }
  register(tf, Flatten);

  /** Two ends of each axis: 1, [1, 2] or [[1, 1], [2, 2]]; for one axis [1, 2] are its ends. */
  const ends = (value: unknown, axes: number): [number, number][] => {
    if (!Array.isArray(value)) return Array.from({ length: axes }, () => [Number(value ?? 1), Number(value ?? 1)]);
    if (axes === 1) return [[Number(value[0]), Number(value.at(-1))]];
    return value.map((each: unknown): [number, number] =>
      Array.isArray(each) ? [Number(each[0]), Number(each[1])] : [Number(each), Number(each)],
    );
  };

  for (const axes of [1, 3]) {
    register(
      tf,
      class extends Reshaping {
        static readonly className = `ZeroPadding${axes}D`;
        override computeOutputShape(given: Shape): Shape {
          return resized(this, given, (size, axis) => size + sum(ends(this.given['padding'], axes)[axis]!));
        }
        override change(x: Tensor): Tensor {
          const [spatial, around] = [this.spatial(x.rank), ends(this.given['padding'], axes)];
          return tf.pad(
            x,
            x.shape.map((_, axis) => around[spatial.indexOf(axis)] ?? [0, 0]),
          );
        }
      },
    );
    register(
      tf,
      class extends Reshaping {
        static readonly className = `Cropping${axes}D`;
        override computeOutputShape(given: Shape): Shape {
          return resized(this, given, (size, axis) => size - sum(ends(this.given['cropping'], axes)[axis]!));
        }
        override change(x: Tensor): Tensor {
          const [spatial, around] = [this.spatial(x.rank), ends(this.given['cropping'], axes)];
          const cut = x.shape.map((_, axis) => around[spatial.indexOf(axis)] ?? [0, 0]);
          return tf.slice(
            x,
            cut.map(([before]) => before!),
            x.shape.map((size, axis) => size - sum(cut[axis]!)),
          );
        }
      },
    );
    register(
      tf,
      class extends Reshaping {
        static readonly className = `UpSampling${axes}D`;
        override computeOutputShape(given: Shape): Shape {
          return resized(this, given, (size, axis) => size * sizes(this.given['size'], axes, 2)[axis]!);
        }
        override change(x: Tensor): Tensor {
          const times = sizes(this.given['size'], axes, 2);
          return this.spatial(x.rank).reduce((value, axis, at) => repeated(value, axis, times[at]!), x);
        }
      },
    );
  }

  /** Each entry `times` times in a row along an axis. */
  function repeated(x: Tensor, axis: number, times: number): Tensor {
    const wide = tf.tile(
      tf.expandDims(x, axis + 1),
      Array.from({ length: x.rank + 1 }, (_, at) => (at === axis + 1 ? times : 1)),
    );
    return tf.reshape(
      wide,
      x.shape.map((size, at) => (at === axis ? size * times : size)),
    );
  }

  /** Bilinear by half pixels, as Keras has it, or from corner to corner; tfjs takes whole ones, and TensorFlow's kernel has no gradient for halves. */
  function bilinear(x: Tensor4D, size: [number, number], training: boolean, corners = false): Tensor {
    if (!training) return tf.image.resizeBilinear(x, size, corners, !corners);
    const [batch, height, width, channels] = x.shape;
    const down = tf.matMul(interpolation(height, size[0], corners), tf.reshape(x, [batch, height, width * channels]));
    const columns = tf.reshape(down, [batch * size[0], width, channels]);
    return tf.reshape(tf.matMul(interpolation(width, size[1], corners), columns), [batch, size[0], size[1], channels]);
  }

  /** Row i says from which of `from` entries, and how much of each, entry i of `to` is made. */
  function interpolation(from: number, to: number, corners: boolean): Tensor {
    const rows = new Float32Array(to * from);
    for (let at = 0; at < to; at++) {
      const wanted = corners ? (at * (from - 1)) / Math.max(to - 1, 1) : ((at + 0.5) * from) / to - 0.5;
      const place = Math.min(Math.max(wanted, 0), from - 1);
      const low = Math.floor(place);
      rows[at * from + low]! += 1 - (place - low);
      if (low + 1 < from) rows[at * from + low + 1]! += place - low;
    }
    return tf.tensor3d(rows, [1, to, from]);
  }

  class UpSampling2D extends Reshaping {
    static readonly className = 'UpSampling2D';
    override computeOutputShape(given: Shape): Shape {
      return resized(this, given, (size, axis) => size * sizes(this.given['size'], 2, 2)[axis]!);
    }
    override change(x: Tensor, { training }: CallArguments): Tensor {
      const images = (this.first ? tf.transpose(x, [0, 2, 3, 1]) : x) as Tensor4D;
      const [down = 2, across = 2] = sizes(this.given['size'], 2, 2);
      const size: [number, number] = [images.shape[1] * down, images.shape[2] * across];
      const larger =
        this.given['interpolation'] === 'bilinear'
          ? bilinear(images, size, training === true)
          : tf.image.resizeNearestNeighbor(images, size);
      return this.first ? tf.transpose(larger, [0, 3, 1, 2]) : larger;
    }
  }
  register(tf, UpSampling2D);

  class Resizing extends Reshaping {
    static readonly className = 'Resizing';
    override computeOutputShape(given: Shape): Shape {
      return resized(this, given, (_, axis) => Number(this.given[axis === 0 ? 'height' : 'width']));
    }
    override change(x: Tensor, { training }: CallArguments): Tensor {
      const size: [number, number] = [Number(this.given['height']), Number(this.given['width'])];
      return this.given['interpolation'] === 'nearest'
        ? tf.image.resizeNearestNeighbor(x as Tensor4D, size, false, true)
        : bilinear(x as Tensor4D, size, training === true, this.given['interpolation'] === 'corners');
    }
  }
  register(tf, Resizing);

  function resized(layer: Reshaping, given: Shape, change: (size: number, axis: number) => number): Shape {
    const shape = onlyShape(given);
    const spatial = layer.spatial(shape.length);
    return shape.map((size, axis) => (size === null || !spatial.includes(axis) ? size : change(size, spatial.indexOf(axis))));
  }

  function sum([before, after]: readonly number[]): number {
    return before! + after!;
  }
}
