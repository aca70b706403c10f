// The training step run as one TensorFlow graph: traced from the eager one, with optimizer, masks and statistics inside.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import type { NamedTensor } from '#network/model-artifact.ts';
import type { Batch } from '../../data/batches.ts';
import { captureTensor, type LoadedModel, type ModelWeight } from '../../models/load-model.ts';
import type { Tensorflow } from '../../runtime/load-tensorflow.ts';
import { slotNames } from '../optimizers.ts';
import { MOVEMENT, type Masks, type StepOptions, type StepOutcome, type TrainingStep } from '../training-step.ts';
import { GraphRefused, GraphSession } from './graph-session.ts';
import { nativeBackend } from './native-binding.ts';
import { scalarsAt } from './optimizer-nodes.ts';
import { allRewrites } from './rewrites/all-rewrites.ts';
import type { Rewrite } from './rewrites/rewrite.ts';
import { NotTraceable } from './trace.ts';
import { teacherWeights, traceStep, type StepTrace } from './trace-step.ts';
import { stepNames, writeStepGraph } from './write-step-graph.ts';
import { copyOf, READY, seenOf, valueOf, variableName, type GraphVariable } from './write-trace.ts';

export interface CompiledOptions extends StepOptions {
  readonly inputShape: readonly number[];
  /** Numbers that are wanted of each sample; 0, as where it is left out, for classes. */
  readonly targets?: number;
  readonly rewrites?: readonly Rewrite[];
}

export class CompiledStep implements TrainingStep {
  readonly kind = 'compiled';
  readonly #tf: Tensorflow;
  readonly #loaded: LoadedModel;
  readonly #options: CompiledOptions;
  readonly #traces = new Map<number, StepTrace>();
  readonly #weights: readonly GraphVariable[];
  /** Weights in the graph that stay as they are in TensorFlow. */
  readonly #teacher: readonly ModelWeight[];
  readonly #slots: readonly (GraphVariable & { readonly weight: string; readonly slot: string })[];
  #masks: Masks = new Map();
  #session: GraphSession | undefined;
  /** The session's graph lacks a trace or a mask that is wanted now. */
  #outdated = false;
  /** The variables' values while they are out of the session, by variable; empty while it holds them. */
  #pending = new Map<string, Tensor>();

  /**
   * `loaded` answers with logits. `count`: samples of a whole batch; other counts are traced when they come.
   * @throws NotTraceable
   */
  constructor(tf: Tensorflow, loaded: LoadedModel, options: CompiledOptions, count: number) {
    this.#tf = tf;
    this.#loaded = loaded;
    this.#options = options;
    this.#weights = loaded.weights.map(({ name, variable }) => ({ name, shape: variable.shape }));
    this.#teacher = teacherWeights(options.loss);
    this.#slots = loaded.weights
      .filter(({ trainable }) => trainable)
      .flatMap(({ name, variable }) =>
        [...slotNames[options.rule.optimizer], ...(options.moving?.has(name) === true ? [MOVEMENT] : [])].map((slot) => ({
          name: `${name}/${slot}`,
          weight: name,
          slot,
          shape: variable.shape,
        })),
      );
    this.#traces.set(count, this.#trace(count));
    for (const { name, variable } of loaded.weights) this.#pending.set(variableName.weight(name), tf.clone(variable) as Tensor);
    for (const { name, shape } of this.#slots) this.#pending.set(variableName.slot(name), tf.zeros([...shape]));
    try {
      this.#open();
    } catch (thrown) {
      this.dispose();
      if (!(thrown instanceof GraphRefused)) throw thrown;
      throw new NotTraceable(`TensorFlow refuses its graph (${thrown.message.split('\n')[0]})`, { cause: thrown });
    }
  }

  run(batch: Batch, step: number, rate: number): StepOutcome {
    const tf = this.#tf;
    const trace = this.#traceFor(batch.count);
    const session = this.#open();
    const names = stepNames(batch.count);
    return tf.tidy(() => {
      const feeds = new Map<string, TensorInfo>([
        [names.inputs, batch.inputs],
        [names.labels, batch.labels],
        ...scalarsAt(this.#options.rule, (this.#options.stepsBefore ?? 0) + step, rate).map(
          ([name, value]) => [name, tf.scalar(value)] as const,
        ),
      ]);
      trace.seeds.forEach(({ words: [layer, draw] }, index) =>
        feeds.set(names.seed(index), tf.tensor1d([layer ^ this.#options.seed, (step * 256 + draw) | 0], 'int32')),
      );
      const [loss, hits] = session.run(feeds, [names.loss, names.hits]);
      return { loss: loss!.dataSync()[0]!, hits: hits!.dataSync()[0]! };
    });
  }

  setMasks(masks: Masks): void {
    const tf = this.#tf;
    this.#takeOut();
    this.#outdated ||= [...masks.keys()].join() !== [...this.#masks.keys()].join();
    this.#masks = masks;
    for (const { name, shape } of this.#weights) {
      const mask = masks.get(name);
      const key = variableName.mask(name);
      this.#pending.get(key)?.dispose();
      this.#pending.delete(key);
      if (mask === undefined) continue;
      this.#pending.set(key, tf.tensor(Float32Array.from(mask), [...shape]));
      const kept = tf.tensor(mask, [...shape], 'bool');
      for (const variable of this.#zeroedUnder(name)) {
        const before = this.#pending.get(variable)!;
        this.#pending.set(
          variable,
          tf.tidy(() => tf.where(kept, before, tf.zerosLike(before))),
        );
        before.dispose();
      }
      kept.dispose();
    }
  }

  /** The variables that a mask of this weight sets to zero. */
  #zeroedUnder(name: string): string[] {
    const { beneath = 'zero' } = this.#options;
    if (beneath === 'trained') return [];
    const slots = this.#slots.filter(({ weight, slot }) => weight === name && slot !== MOVEMENT);
    return [...(beneath === 'zero' ? [variableName.weight(name)] : []), ...slots.map((slot) => variableName.slot(slot.name))];
  }

  captureSlots(): NamedTensor[] {
    const values = this.#read(this.#slots.map(({ name }) => copyOf(variableName.slot(name))));
    return this.#slots.map(({ name }, index) => {
      const captured = captureTensor(name, values[index]!);
      values[index]!.dispose();
      return captured;
    });
  }

  restoreSlots(saved: readonly NamedTensor[]): void {
    this.#takeOut();
    for (const { name, data, shape } of saved) {
      const key = variableName.slot(name);
      this.#pending.get(key)?.dispose();
      this.#pending.set(key, this.#tf.tensor(data, [...shape], 'float32'));
    }
  }

  publish(form: 'seen' | 'beneath' = 'seen'): void {
    const covered = (name: string) => form === 'seen' && this.#masks.has(name) && (this.#options.beneath ?? 'zero') !== 'zero';
    const values = this.#read(this.#weights.map(({ name }) => (covered(name) ? seenOf : copyOf)(variableName.weight(name))));
    this.#loaded.weights.forEach(({ variable }, index) => {
      variable.assign(values[index]!);
      values[index]!.dispose();
    });
  }

  dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
    this.#tf.dispose([...this.#pending.values()]);
    this.#pending.clear();
  }

  #trace(count: number): StepTrace {
    const { inputShape, targets, loss } = this.#options;
    return traceStep(this.#tf, this.#loaded, { inputShape, targets, count, loss });
  }

  #traceFor(count: number): StepTrace {
    const known = this.#traces.get(count);
    if (known !== undefined) return known;
    const traced = this.#trace(count);
    this.#takeOut();
    this.#outdated = true;
    this.#traces.set(count, traced);
    return traced;
  }

  /** Clones of what these nodes read, as tensors of the caller's. */
  #read(nodes: readonly string[]): Tensor[] {
    return nodes.length === 0 ? [] : this.#open().run(new Map(), nodes);
  }

  #variables(): string[] {
    return [
      ...this.#weights.map(({ name }) => variableName.weight(name)),
      ...this.#slots.map(({ name }) => variableName.slot(name)),
      ...this.#weights.filter(({ name }) => this.#masks.has(name)).map(({ name }) => variableName.mask(name)),
    ];
  }

  #open(): GraphSession {
    if (this.#session === undefined || this.#outdated) {
      this.#session?.dispose();
      const backend = nativeBackend(this.#tf);
      const { inputShape, targets = 0, rule, beneath = 'zero', moving = new Set<string>(), rewrites = allRewrites() } = this.#options;
      const masked = new Set(this.#masks.keys());
      this.#session = new GraphSession(
        backend,
        writeStepGraph(backend.binding, {
          traces: this.#traces,
          inputShape,
          targets,
          weights: [...this.#weights, ...this.#teacher.map(({ name, variable }) => ({ name, shape: variable.shape }))],
          slots: this.#slots,
          masked,
          beneath,
          moving,
          constraints: new Map(
            this.#loaded.weights.flatMap(({ name, constraint }) => (constraint === undefined ? [] : [[name, constraint]])),
          ),
          rule,
          rewrites,
        }),
      );
      this.#outdated = false;
    }
    if (this.#pending.size > 0) {
      const teacher = this.#teacher.map(({ name, variable }) => [variableName.weight(name), variable as Tensor] as const);
      const ready = this.#session.run(new Map([...this.#pending, ...teacher].map(([name, value]) => [valueOf(name), value])), [READY]);
      this.#tf.dispose([...ready, ...this.#pending.values()]);
      this.#pending.clear();
    }
    return this.#session;
  }

  /** Takes all values out of the session, so that they can be changed, or another session can begin with them. */
  #takeOut(): void {
    if (this.#session === undefined || this.#pending.size > 0) return;
    const variables = this.#variables();
    this.#read(variables.map(copyOf)).forEach((value, index) => this.#pending.set(variables[index]!, value));
  }
}
