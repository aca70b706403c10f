// An EinsumDense as the Dense that it is, between the Permutes and Reshapes that its equation asks for.
import { readGraph } from '#network/graph.ts';
import type { Json, JsonObject, LayerConfig, ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { inferShapes } from '#network/tensor-shapes.ts';
import { refusal, type Place } from '../refusal.ts';
import type { NamedLayer } from './equal-layers.ts';
import { expanded } from './expand-layers.ts';

/** `abc,cde->abde`: the axes a and b go through, c is summed over, d and e are made. */
interface Equation {
  readonly input: string;
  readonly kernel: string;
  readonly output: string;
  readonly through: string;
  readonly summed: string;
  readonly made: string;
}

/** @throws StudioError `unsupported` for equations that are more than one matrix product. */
export function withPlainDenses(given: ModelArtifact, place: Place): ModelArtifact {
  let artifact = given;
  // One by one, as the shapes behind one are known once it is a Dense.
  for (;;) {
    const { graph, shapes } = inferShapes(readGraph(artifact.topology));
    const node = graph.nodes.find(({ type }) => type === 'EinsumDense');
    if (node === undefined) return artifact;
    const shape = shapes.get(node.id)?.inputs[0]?.slice(1);
    const refused = (why: string) =>
      refusal('unsupported', { ...place, member: node.layer }, `${why}, which no Dense stands for.`, 'Use a Dense in its place.');
    if (shape === undefined) throw refused('It stands behind a layer of unknown shape');
    const equation = equationOf(String(node.config['equation']), shape.length + 1);
    if (equation === undefined) throw refused(`Its equation is ${String(node.config['equation'])}`);
    const weight = (name: string): NamedTensor | undefined => artifact.weights.find((tensor) => tensor.name === `${node.layer}/${name}`);
    const [kernel, bias] = [weight('kernel'), weight('bias')];
    if (kernel === undefined || kernel.shape.length !== equation.kernel.length) throw refused('Its kernel does not fit its equation');
    const size = (axis: string): number => kernel.shape[equation.kernel.indexOf(axis)]!;
    const [inputs, units] = [product([...equation.summed].map(size)), product([...equation.made].map(size))];
    const made = [...equation.made].map(size);
    const changed = new Map<string, NamedTensor>([
      [kernel.name, { ...kernel, shape: [inputs, units], data: reordered(kernel, equation.kernel, equation.summed + equation.made) }],
    ]);
    if (bias !== undefined) {
      const spread = spreadBias(bias, String(node.config['bias_axes']), equation, made);
      if (spread === undefined) throw refused('Its bias runs over axes that it only passes on');
      changed.set(bias.name, { ...bias, shape: [units], data: spread });
    }
    const free = equation.through.slice(1);
    const sizeOf = (axis: string): number | null => shape[equation.input.indexOf(axis) - 1] ?? null;
    if ([...free].some((axis) => sizeOf(axis) === null) && (made.length > 1 || equation.summed.length > 1))
      throw refused('It regroups axes of no fixed size');
    const freeSizes = [...free].map((axis) => sizeOf(axis)!);
    const activation = node.config['activation'] ?? 'linear';
    const before = [
      ...permuted(equation.input.slice(1), free + equation.summed),
      ...(equation.summed.length > 1 ? [reshaped([...freeSizes, inputs])] : []),
    ];
    const after = [
      ...(equation.made.length > 1 ? [reshaped([...freeSizes, ...made])] : []),
      ...permuted(free + equation.made, equation.output.slice(1)),
    ];
    const inside = after.length === 0 ? activation : 'linear';
    const layer = { className: 'Dense', config: denseConfig(node.config, units, inside, bias !== undefined) };
    if (inside !== activation) after.push({ className: 'Activation', config: { activation } });
    artifact = {
      ...artifact,
      topology: expanded(artifact.topology, (each: LayerConfig) =>
        each.config['name'] === node.layer ? { before, layer, after } : undefined,
      ),
      weights: artifact.weights.map((tensor) => changed.get(tensor.name) ?? tensor),
    };
  }
}

function denseConfig(config: JsonObject, units: number, activation: Json, biased: boolean): JsonObject {
  const kept = Object.entries(config).filter(([key]) => /^(trainable|dtype|batch_input_shape)$|_(initializer|regularizer)$/.test(key));
  return { ...Object.fromEntries(kept), units, activation, use_bias: biased };
}

/** Undefined where an axis of the kernel is neither only summed nor only made, or the batch doesn't stay in front. */
function equationOf(text: string, rank: number): Equation | undefined {
  const [, given, kernel, made] = /^([a-zA-Z.]+),([a-zA-Z]+)->([a-zA-Z.]+)$/.exec(text.replaceAll(' ', '')) ?? [];
  if (given === undefined || kernel === undefined || made === undefined) return undefined;
  const used = new Set(given + kernel + made);
  const spare = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !used.has(letter));
  const dots = spare.slice(0, Math.max(0, rank - given.replace('...', '').length)).join('');
  const [input, output] = [given.replace('...', dots), made.replace('...', dots)];
  const summed = [...kernel].filter((axis) => !output.includes(axis)).join('');
  const fresh = [...output].filter((axis) => kernel.includes(axis)).join('');
  const through = [...input].filter((axis) => !kernel.includes(axis)).join('');
  const whole =
    input.length === rank &&
    [input, kernel, output].every((axes) => new Set(axes).size === axes.length) &&
    [...summed].every((axis) => input.includes(axis)) &&
    [...fresh].every((axis) => !input.includes(axis)) &&
    [...through].every((axis) => output.includes(axis)) &&
    output.length === through.length + fresh.length &&
    summed.length > 0 &&
    fresh.length > 0 &&
    input[0] === output[0] &&
    input[0] === through[0];
  return whole ? { input, kernel, output, through, summed, made: fresh } : undefined;
}

function permuted(from: string, to: string): NamedLayer[] {
  return from === to ? [] : [{ className: 'Permute', config: { dims: [...to].map((axis) => from.indexOf(axis) + 1) } }];
}

function reshaped(sizes: readonly number[]): NamedLayer {
  return { className: 'Reshape', config: { target_shape: sizes } };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** The entries with the axes in another order. */
function reordered({ shape, data }: NamedTensor, from: string, to: string): Float32Array {
  const strides = new Map([...from].map((axis, at) => [axis, product(shape.slice(at + 1))]));
  const sizes = [...to].map((axis) => shape[from.indexOf(axis)]!);
  return new Float32Array(data.length).map((_, entry) => {
    let [rest, index] = [entry, 0];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index += (rest % sizes[axis]!) * strides.get(to[axis]!)!;
      rest = Math.floor(rest / sizes[axis]!);
    }
    return data[index]!;
  });
}

/** A number for each unit; axes that the bias doesn't have repeat it. */
function spreadBias({ data }: NamedTensor, axes: string, { made }: Equation, sizes: readonly number[]): Float32Array | undefined {
  if (![...axes].every((axis) => made.includes(axis))) return undefined;
  return new Float32Array(product(sizes)).map((_, unit) => {
    let [rest, index, step] = [unit, 0, 1];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      if (axes.includes(made[axis]!)) {
        index += (rest % sizes[axis]!) * step;
        step *= sizes[axis]!;
      }
      rest = Math.floor(rest / sizes[axis]!);
    }
    return data[index]!;
  });
}
