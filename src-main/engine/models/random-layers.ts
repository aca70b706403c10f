// Layers that draw random numbers while training, drawn anew for each (seed, layer, step), so that a resumed run draws the same.
// tfjs's own dropout gives the same mask at every call when it has a seed and is not reproducible when it has none.
import type { Tensor } from '@tensorflow/tfjs-node';
import { hashName } from '#network/random.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { nativeOps } from '../runtime-ops.ts';

/** What the draws depend on; the training loop sets it before each step. */
export interface DrawClock {
  seed: number;
  step: number;
  /** Counts draws of one step, so that a layer used twice draws twice. */
  drawn: number;
  /** Random numbers, uniform from 0 to 1 or standard normal. `layer`: its name, by which they differ from another layer's. */
  readonly draw: (kind: 'Uniform' | 'Normal', layer: string, shape: readonly number[]) => Tensor;
}

const registered = new WeakMap<Tensorflow, DrawClock>();

/** Registers the layers in place of tfjs's own, once a process, and gives the clock that they read. */
export function registerRandomLayers(tf: Tensorflow): DrawClock {
  const known = registered.get(tf);
  if (known !== undefined) return known;
  const clock: DrawClock = { seed: 0, step: 0, drawn: 0, draw };
  registered.set(tf, clock);
  const native = nativeOps(tf);
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = native.binding;

  /** Philox counters (Salmon et al. 2011) keyed by the two seed words: no state is carried from step to step. */
  function draw(kind: 'Uniform' | 'Normal', layer: string, shape: readonly number[]): Tensor {
    const seed = tf.tensor1d([(clock.seed ^ hashName(layer)) | 0, (clock.step * 256 + clock.drawn++) | 0], 'int32');
    const attributes = [
      ['dtype', TF_FLOAT],
      ['T', TF_INT32],
      ['Tseed', TF_INT32],
    ] as const;
    return native.executeSingleOutput(
      `StatelessRandom${kind}`,
      attributes.map(([name, value]) => ({ name, type: TF_ATTR_TYPE, value })),
      [tf.tensor1d([...shape], 'int32'), seed],
    );
  }

  abstract class RandomLayer extends tf.layers.Layer {
    readonly strength: number;
    constructor(config: { name?: string; rate?: number; stddev?: number }) {
      super(config);
      this.supportsMasking = true;
      this.strength = config.rate ?? config.stddev ?? 0;
    }
    abstract disturb(input: Tensor): Tensor;
    override computeOutputShape(shape: number[]): number[] {
      return shape;
    }
    override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      return kwargs['training'] === true && this.strength > 0 ? tf.tidy(() => this.disturb(input)) : input;
    }
  }

  /** Inverted dropout: what is kept is scaled by 1 / (1 − rate), so nothing changes at inference (Srivastava et al. 2014). */
  class Dropout extends RandomLayer {
    static readonly className: string = 'Dropout';
    readonly noise: readonly (number | null)[] | null;
    constructor(config: { name?: string; rate: number; noiseShape?: (number | null)[] | null }) {
      super(config);
      this.noise = config.noiseShape ?? null;
    }
    noiseShape(input: Tensor): number[] {
      return input.shape.map((size, axis) => this.noise?.[axis] ?? size);
    }
    override disturb(input: Tensor): Tensor {
      const kept = tf.greaterEqual(draw('Uniform', this.name, this.noiseShape(input)), this.strength);
      return tf.mul(input, tf.mul(tf.cast(kept, 'float32'), 1 / (1 - this.strength)));
    }
    override getConfig() {
      return { ...super.getConfig(), rate: this.strength, noiseShape: this.noise === null ? null : [...this.noise] };
    }
  }
  /** Whole channels are dropped: one draw for all positions of a channel (Tompson et al. 2015). */
  class SpatialDropout1D extends Dropout {
    static override readonly className: string = 'SpatialDropout1D';
    override noiseShape(input: Tensor): number[] {
      return input.shape.map((size, axis) => (axis === 0 || axis === input.rank - 1 ? size : 1));
    }
  }
  class SpatialDropout2D extends SpatialDropout1D {
    static override readonly className: string = 'SpatialDropout2D';
  }
  class SpatialDropout3D extends SpatialDropout2D {
    static override readonly className = 'SpatialDropout3D';
  }
  class GaussianNoise extends RandomLayer {
    static readonly className = 'GaussianNoise';
    override disturb(input: Tensor): Tensor {
      return tf.add(input, tf.mul(draw('Normal', this.name, input.shape), this.strength));
    }
    override getConfig() {
      return { ...super.getConfig(), stddev: this.strength };
    }
  }
  class GaussianDropout extends RandomLayer {
    static readonly className = 'GaussianDropout';
    override disturb(input: Tensor): Tensor {
      const spread = Math.sqrt(this.strength / (1 - this.strength));
      return tf.mul(input, tf.add(tf.mul(draw('Normal', this.name, input.shape), spread), 1));
    }
    override getConfig() {
      return { ...super.getConfig(), rate: this.strength };
    }
  }
  /**
   * Units fall to selu's lower bound rather than to 0, and what comes out is scaled and shifted so that mean and variance stay (Klambauer et
   * al. 2017).
   */
  class AlphaDropout extends RandomLayer {
    static readonly className = 'AlphaDropout';
    override disturb(input: Tensor): Tensor {
      const floor = -1.6732632423543772 * 1.0507009873554805;
      const scale = ((1 - this.strength) * (1 + this.strength * floor ** 2)) ** -0.5;
      const kept = tf.greaterEqual(draw('Uniform', this.name, input.shape), this.strength);
      return tf.add(tf.mul(tf.where(kept, input, tf.fill(input.shape, floor)), scale), -scale * floor * this.strength);
    }
    override getConfig() {
      return { ...super.getConfig(), rate: this.strength };
    }
  }
  tf.serialization.registerClass(Dropout);
  tf.serialization.registerClass(SpatialDropout3D);
  tf.serialization.registerClass(AlphaDropout);
  tf.serialization.registerClass(SpatialDropout1D);
  tf.serialization.registerClass(SpatialDropout2D);
  tf.serialization.registerClass(GaussianNoise);
  tf.serialization.registerClass(GaussianDropout);
  return clock;
}

/** The part of a recurrent layer of tfjs that is looked at. */
interface Recurrent {
  readonly name: string;
  readonly layers?: readonly Recurrent[];
  readonly layer?: Recurrent;
  readonly forwardLayer?: Recurrent;
  readonly backwardLayer?: Recurrent;
  readonly cell?: Cell;
}
interface Cell {
  readonly cells?: readonly Cell[];
  dropoutFunc?: (ones: Tensor, rate: number) => Tensor;
}

/** Lets recurrent layers, wherever they are nested, draw the masks of their dropout as `Dropout` does: tfjs offers a place to put that. */
export function seedRecurrentDropout(tf: Tensorflow, model: Recurrent): void {
  const { draw } = registerRandomLayers(tf);
  const seed = (cell: Cell, name: string): void => {
    cell.dropoutFunc = (ones, rate) =>
      tf.tidy(() => tf.mul(tf.cast(tf.greaterEqual(draw('Uniform', name, ones.shape), rate), 'float32'), 1 / (1 - rate)));
    cell.cells?.forEach((inner, index) => seed(inner, `${name}/${index}`));
  };
  const visit = (layer: Recurrent): void => {
    if (layer.cell !== undefined) seed(layer.cell, layer.name);
    const within = [layer.layer, layer.forwardLayer, layer.backwardLayer, ...(layer.layers ?? [])];
    for (const inner of within) if (inner !== undefined) visit(inner);
  };
  visit(model);
}
