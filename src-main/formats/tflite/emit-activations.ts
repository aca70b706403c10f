// Activations as TFLite's operators: those it has, and the others made of several where numbers are floats.
import { StudioError } from '#contract/errors.ts';
import * as schema from './generated/tflite-schema.ts';
import { temporary, type Target } from './target.ts';
import { fixedScales } from './int8-format.ts';
import { shapeIn, type Activation, type ActivationFunction } from '../lowering/plain-network.ts';
import { leakyOptions, mergeOptions, plainOptions } from './operator-options.ts';

const { BuiltinOperator: Op, BuiltinOptions } = schema;
const single: ReadonlyMap<ActivationFunction, number> = new Map([
  ['relu', Op.RELU],
  ['relu6', Op.RELU6],
  ['sigmoid', Op.LOGISTIC],
  ['tanh', Op.TANH],
  ['hard-swish', Op.HARD_SWISH],
  ['exponential', Op.EXP],
  ['gelu', Op.GELU],
  ['square-root', Op.SQRT],
  ['logarithm', Op.LOG],
]);

/** Its integer kernels leave them out, or what they answer runs over the whole line. */
const floatsOnly: ReadonlySet<ActivationFunction> = new Set(['square-root', 'logarithm']);

/** @throws StudioError `unsupported` where there is no integer kernel. */
export function emitActivation(target: Target, operation: Activation, input: number, output: number): void {
  const { graph, format, network } = target;
  const { function: name, parameter, output: result } = operation;
  const shape = shapeIn(network, result);
  const make = (code: number, inputs: readonly number[], to: string | number, options = optionsOf(code)): number =>
    graph.operator(code, inputs, typeof to === 'number' ? to : temporary(target, `${result}/${to}`, shape, undefined), options);
  const number = (value: number): number =>
    format.constant(graph, { name: `${result}/${value}`, shape: [1], data: Float32Array.of(value) });
  const code = single.get(name);
  if (code !== undefined && !(format.integer && floatsOnly.has(name))) make(code, [input], output);
  else if (name === 'leaky-relu') make(Op.LEAKY_RELU, [input], output, leakyOptions(parameter));
  else if (name === 'elu' && parameter === 1) make(Op.ELU, [input], output);
  else if (name === 'swish') {
    const gate = graph.operator(
      Op.LOGISTIC,
      [input],
      temporary(target, `${result}/gate`, shape, format.integer ? fixedScales.sigmoid : undefined),
    );
    make(Op.MUL, [input, gate], output);
  } else if (name === 'relu-max' && format.integer) make(Op.RELU, [input], output);
  else if (format.integer) {
    throw new StudioError('unsupported', `TensorFlow Lite computes the activation ${name} with floats only.`, {
      where: `layer "${operation.layer}"`,
      whatToDo: 'Export with float32 or float16 weights.',
    });
  } else composed(name, parameter, input, output, make, number);
}

type Make = (code: number, inputs: readonly number[], to: string | number) => number;

function composed(
  name: ActivationFunction,
  parameter: number,
  input: number,
  output: number,
  make: Make,
  number: (value: number) => number,
): void {
  switch (name) {
    case 'relu-max':
      make(Op.MINIMUM, [make(Op.RELU, [input], 'positive'), number(parameter)], output);
      return;
    case 'hard-sigmoid': {
      const line = make(Op.ADD, [make(Op.MUL, [input, number(parameter)], 'slope'), number(0.5)], 'line');
      make(Op.MINIMUM, [make(Op.RELU, [line], 'positive'), number(1)], output);
      return;
    }
    // 1 / (1 + |x|) · x
    case 'softsign':
      make(Op.DIV, [input, make(Op.ADD, [make(Op.ABS, [input], 'size'), number(1)], 'divisor')], output);
      return;
    case 'reciprocal':
      make(Op.DIV, [number(1), input], output);
      return;
    case 'softplus':
      softplus(input, output, make, number);
      return;
    case 'mish':
      make(Op.MUL, [input, make(Op.TANH, [softplus(input, 'softplus', make, number)], 'gate')], output);
      return;
    case 'elu':
      bent(input, output, 1, parameter, make, number);
      return;
    case 'selu':
      bent(input, output, 1.0507009873554805, 1.6732632423543772, make, number);
      return;
    case 'relu':
    case 'relu6':
    case 'leaky-relu':
    case 'sigmoid':
    case 'tanh':
    case 'swish':
    case 'hard-swish':
    case 'exponential':
    case 'gelu':
    case 'square-root':
    case 'logarithm':
      throw new RangeError(`${name} is one operator`);
  }
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which never overflows. */
function softplus(input: number, to: string | number, make: Make, number: (value: number) => number): number {
  const small = make(Op.EXP, [make(Op.NEG, [make(Op.ABS, [input], 'size')], 'negative size')], 'small');
  const rest = make(Op.LOG, [make(Op.ADD, [small, number(1)], 'sum')], 'rest');
  return make(Op.ADD, [make(Op.RELU, [input], 'positive'), rest], to);
}

/** scale · (max(x, 0) + α · min(elu(x), 0)). */
function bent(input: number, output: number, scale: number, alpha: number, make: Make, number: (value: number) => number): void {
  const below = make(Op.MUL, [make(Op.MINIMUM, [make(Op.ELU, [input], 'elu'), number(0)], 'below'), number(alpha)], 'scaled below');
  const both = make(Op.ADD, [make(Op.RELU, [input], 'positive'), below], 'both');
  make(Op.MUL, [both, number(scale)], output);
}

function optionsOf(code: number): ReturnType<typeof plainOptions> | undefined {
  if (code === Op.MUL) return mergeOptions('multiply', 'none');
  if (code === Op.ADD) return mergeOptions('add', 'none');
  if (code === Op.DIV) return mergeOptions('divide', 'none');
  if (code === Op.MINIMUM) return mergeOptions('minimum', 'none');
  if (code === Op.EXP) return plainOptions(BuiltinOptions.ExpOptions);
  if (code === Op.ABS) return plainOptions(BuiltinOptions.AbsOptions);
  if (code === Op.NEG) return plainOptions(BuiltinOptions.NegOptions);
  if (code === Op.HARD_SWISH) return plainOptions(BuiltinOptions.HardSwishOptions);
  return code === Op.GELU ? plainOptions(BuiltinOptions.GeluOptions) : undefined;
}
