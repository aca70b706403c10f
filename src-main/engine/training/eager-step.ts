// The training step run op by op through tfjs.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { NamedTensor } from '#network/model-artifact.ts';
import type { Batch } from '../data/batches.ts';
import { constrained } from '../models/constraints.ts';
import { captureTensor, type LoadedModel } from '../models/load-model.ts';
import { registerRandomLayers } from '../models/random-layers.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { forwardBackward } from './forward-backward.ts';
import { clipByGlobalNorm, createUpdate, slotNames, type Update } from './optimizers.ts';
import { MOVEMENT, type Masks, type StepOptions, type StepOutcome, type TrainingStep } from './training-step.ts';

export class EagerStep implements TrainingStep {
  readonly kind = 'eager';
  readonly #tf: Tensorflow;
  readonly #loaded: LoadedModel;
  readonly #options: StepOptions;
  readonly #slotNames: readonly string[];
  readonly #update: Update;
  readonly #slots = new Map<string, Tensor[]>();
  readonly #moved = new Map<string, Tensor>();
  /** What lies beneath the masks; weights that aren't named are in the model's variables. */
  readonly #covered = new Map<string, Tensor>();
  #masks = new Map<string, Tensor>();

  /** `loaded` answers with logits (a training view). All slots begin at zero. */
  constructor(tf: Tensorflow, loaded: LoadedModel, options: StepOptions) {
    this.#tf = tf;
    this.#loaded = loaded;
    this.#options = options;
    this.#slotNames = slotNames[options.rule.optimizer];
    this.#update = createUpdate(tf, options.rule);
    for (const { name, variable, trainable } of loaded.weights) {
      if (trainable)
        this.#slots.set(
          name,
          this.#slotNames.map(() => tf.zeros(variable.shape)),
        );
      if (options.moving?.has(name) === true) this.#moved.set(name, tf.zeros(variable.shape));
    }
  }

  run(batch: Batch, step: number, rate: number): StepOutcome {
    const tf = this.#tf;
    const { loss: functions, rule, seed, beneath = 'zero', stepsBefore = 0 } = this.#options;
    Object.assign(registerRandomLayers(tf), { seed, step, drawn: 0 });
    return tf.tidy(() => {
      const { loss, hits, gradients } = forwardBackward(tf, this.#loaded, functions, batch);
      this.#gatherMovement(gradients);
      const kept = new Map(
        [...gradients].map(([name, gradient]) => [name, beneath === 'trained' ? gradient : this.#masked(name, gradient)]),
      );
      const clipped = clipByGlobalNorm(tf, kept, rule.clip);
      for (const { name, variable, constraint } of this.#loaded.weights) {
        const gradient = clipped.get(name);
        if (gradient === undefined) {
          // Moving statistics are written by the forward pass itself.
          if (this.#masks.has(name)) variable.assign(this.#masked(name, variable));
          continue;
        }
        const slots = this.#slots.get(name)!;
        const covered = this.#covered.get(name);
        const next = this.#update(covered ?? variable, gradient, slots, rate, stepsBefore + step);
        const weight = constrained(tf, constraint, next.weight);
        if (covered !== undefined) this.#covered.set(name, tf.keep(weight));
        variable.assign(covered === undefined ? weight : this.#masked(name, weight));
        covered?.dispose();
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
    const { beneath = 'zero' } = this.#options;
    this.publish('beneath');
    tf.dispose([...this.#masks.values(), ...this.#covered.values()]);
    this.#masks = new Map();
    this.#covered.clear();
    for (const { name, variable } of this.#loaded.weights) {
      const mask = masks.get(name);
      if (mask === undefined) continue;
      this.#masks.set(name, tf.tensor(mask, variable.shape, 'bool'));
      if (beneath !== 'zero') this.#covered.set(name, tf.clone(variable));
      tf.tidy(() => variable.assign(this.#masked(name, variable)));
      if (beneath === 'trained') continue;
      // Where weight and slots are zero, a zero gradient keeps them so under every optimizer.
      const slots = this.#slots.get(name) ?? [];
      this.#slots.set(
        name,
        slots.map((slot) => tf.tidy(() => this.#masked(name, slot))),
      );
      tf.dispose(slots);
    }
  }

  /** Selected, not multiplied: −0.3 · 0 would be −0.0, whose bits are not zero. */
  #masked(name: string, tensor: Tensor): Tensor {
    const mask = this.#masks.get(name);
    return mask === undefined ? tensor : this.#tf.where(mask, tensor, this.#tf.zerosLike(tensor));
  }

  /** S ← S − w · ∂L/∂w, w being the weight whatever its mask. */
  #gatherMovement(gradients: ReadonlyMap<string, Tensor>): void {
    const tf = this.#tf;
    for (const { name, variable } of this.#loaded.weights) {
      const moved = this.#moved.get(name);
      const gradient = gradients.get(name);
      if (moved === undefined || gradient === undefined) continue;
      this.#moved.set(name, tf.keep(tf.sub(moved, tf.mul(this.#covered.get(name) ?? variable, gradient))));
      moved.dispose();
    }
  }

  captureSlots(): NamedTensor[] {
    const slots = [...this.#slots].flatMap(([name, tensors]) =>
      tensors.map((slot, index) => captureTensor(`${name}/${this.#slotNames[index]!}`, slot)),
    );
    return [...slots, ...[...this.#moved].map(([name, moved]) => captureTensor(`${name}/${MOVEMENT}`, moved))];
  }

  restoreSlots(saved: readonly NamedTensor[]): void {
    const byName = new Map(saved.map((tensor) => [tensor.name, tensor]));
    for (const [name, slots] of this.#slots) {
      this.#slots.set(
        name,
        slots.map((slot, index) => {
          const { data, shape } = byName.get(`${name}/${this.#slotNames[index]!}`)!;
          slot.dispose();
          return this.#tf.tensor(data, [...shape], 'float32');
        }),
      );
    }
    for (const [name, moved] of this.#moved) {
      const { data, shape } = byName.get(`${name}/${MOVEMENT}`)!;
      moved.dispose();
      this.#moved.set(name, this.#tf.tensor(data, [...shape], 'float32'));
    }
  }

  publish(form: 'seen' | 'beneath' = 'seen'): void {
    // But for what the masks cover, the model's own variables are what is trained here.
    for (const { name, variable } of this.#loaded.weights) {
      const covered = this.#covered.get(name);
      if (covered !== undefined) this.#tf.tidy(() => variable.assign(form === 'seen' ? this.#masked(name, covered) : covered));
    }
  }

  dispose(): void {
    this.#tf.dispose([...this.#slots.values()].flat());
    this.#tf.dispose([...this.#masks.values(), ...this.#moved.values(), ...this.#covered.values()]);
  }
}
