// The training step run op by op through tfjs.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Optimizer } from '#contract/recipe.ts';
import type { NamedTensor } from '#network/model-artifact.ts';
import type { Batch } from '../data/batches.ts';
import { captureTensor, type LoadedModel } from '../models/load-model.ts';
import { registerRandomLayers } from '../models/random-layers.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { forwardBackward } from './forward-backward.ts';
import type { LossFunctions } from './losses.ts';
import { createUpdate, slotNames, type Update } from './optimizers.ts';
import type { Masks, StepOutcome, TrainingStep } from './training-step.ts';

export class EagerStep implements TrainingStep {
  readonly kind = 'eager';
  readonly #tf: Tensorflow;
  readonly #loaded: LoadedModel;
  readonly #loss: LossFunctions;
  readonly #optimizer: Optimizer;
  readonly #seed: number;
  readonly #update: Update;
  readonly #slots = new Map<string, Tensor[]>();
  #masks = new Map<string, Tensor>();

  /** `loaded` answers with logits (a training view). All slots begin at zero. */
  constructor(tf: Tensorflow, loaded: LoadedModel, { loss, optimizer, seed }: { loss: LossFunctions; optimizer: Optimizer; seed: number }) {
    this.#tf = tf;
    this.#loaded = loaded;
    this.#loss = loss;
    this.#optimizer = optimizer;
    this.#seed = seed;
    this.#update = createUpdate(tf, optimizer);
    for (const { name, variable, trainable } of loaded.weights) {
      if (trainable)
        this.#slots.set(
          name,
          slotNames[optimizer].map(() => tf.zeros(variable.shape)),
        );
    }
  }

  run(batch: Batch, step: number, rate: number): StepOutcome {
    const tf = this.#tf;
    Object.assign(registerRandomLayers(tf), { seed: this.#seed, step, draw: 0 });
    return tf.tidy(() => {
      const { loss, hits, gradients } = forwardBackward(tf, this.#loaded, this.#loss, batch);
      for (const { name, variable } of this.#loaded.weights) {
        const gradient = gradients.get(name);
        const mask = this.#masks.get(name);
        if (gradient === undefined) {
          // Moving statistics are written by the forward pass itself.
          if (mask !== undefined) variable.assign(masked(tf, variable, mask));
          continue;
        }
        const slots = this.#slots.get(name)!;
        const next = this.#update(variable, gradient, slots, rate, step);
        variable.assign(mask === undefined ? next.weight : masked(tf, next.weight, mask));
        tf.dispose(slots);
        this.#slots.set(
          name,
          next.slots.map((slot) => tf.keep(slot)),
        );
      }
      const outcome = { loss: loss.dataSync()[0]!, hits: hits.dataSync()[0]! };
      hits.dispose();
      return outcome;
    });
  }

  setMasks(masks: Masks): void {
    const tf = this.#tf;
    for (const mask of this.#masks.values()) mask.dispose();
    this.#masks = new Map();
    for (const { name, variable } of this.#loaded.weights) {
      const mask = masks.get(name);
      if (mask === undefined) continue;
      const tensor = tf.tensor(mask, variable.shape, 'bool');
      this.#masks.set(name, tensor);
      tf.tidy(() => variable.assign(masked(tf, variable, tensor)));
    }
  }

  captureSlots(): NamedTensor[] {
    return [...this.#slots].flatMap(([name, slots]) =>
      slots.map((slot, index) => captureTensor(`${name}/${slotNames[this.#optimizer][index]!}`, slot)),
    );
  }

  restoreSlots(saved: readonly NamedTensor[]): void {
    const byName = new Map(saved.map((tensor) => [tensor.name, tensor]));
    for (const [name, slots] of this.#slots) {
      this.#slots.set(
        name,
        slots.map((slot, index) => {
          const { data, shape } = byName.get(`${name}/${slotNames[this.#optimizer][index]!}`)!;
          slot.dispose();
          return this.#tf.tensor(data, [...shape], 'float32');
        }),
      );
    }
  }

  publish(): void {
    // The model's own variables are what is trained here.
  }

  dispose(): void {
    this.#tf.dispose([...this.#slots.values()].flat());
    this.#tf.dispose([...this.#masks.values()]);
  }
}

/** Selected, not multiplied: −0.3 · 0 would be −0.0, whose bits are not zero. */
function masked(tf: Tensorflow, weight: Tensor, mask: Tensor): Tensor {
  return tf.where(mask, weight, tf.zerosLike(weight));
}
