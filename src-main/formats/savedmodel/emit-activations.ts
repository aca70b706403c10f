// Activations as TensorFlow's ops: those it has, and the others made of several.
import type { Activation } from '../lowering/plain-network.ts';
import { attribute, number, type GraphNodes } from './graph-nodes.ts';

export function activation(graph: GraphNodes, { output: name, function: which, parameter }: Activation, x: string): string {
  const value = (given: number): string => number(graph, name, given);
  const make = (part: string, op: string, ...inputs: readonly string[]): string =>
    graph.add(part === '' ? name : `${name}/${part}`, op, inputs);
  switch (which) {
    case 'relu':
      return make('', 'Relu', x);
    case 'relu6':
      return make('', 'Relu6', x);
    case 'relu-max':
      return make('', 'Minimum', make('positive', 'Relu', x), value(parameter));
    case 'leaky-relu':
      return graph.add(name, 'LeakyRelu', [x], { alpha: attribute.float(parameter) });
    case 'elu':
      return parameter === 1
        ? make('', 'Elu', x)
        : make(
            '',
            'AddV2',
            make('positive', 'Relu', x),
            make('below', 'Mul', make('negative', 'Minimum', make('elu', 'Elu', x), value(0)), value(parameter)),
          );
    case 'selu':
      return make('', 'Selu', x);
    case 'sigmoid':
      return make('', 'Sigmoid', x);
    case 'tanh':
      return make('', 'Tanh', x);
    case 'softplus':
      return make('', 'Softplus', x);
    case 'softsign':
      return make('', 'Softsign', x);
    case 'exponential':
      return make('', 'Exp', x);
    case 'swish':
      return make('', 'Mul', x, make('gate', 'Sigmoid', x));
    case 'hard-swish':
      return make('', 'Mul', x, make('gate', 'Mul', make('line', 'Relu6', make('moved', 'AddV2', x, value(3))), value(1 / 6)));
    case 'hard-sigmoid':
      return make(
        '',
        'Minimum',
        make('positive', 'Relu', make('line', 'AddV2', make('slope', 'Mul', x, value(parameter)), value(0.5))),
        value(1),
      );
    case 'square-root':
      return make('', 'Sqrt', x);
    case 'reciprocal':
      return make('', 'Reciprocal', x);
    case 'logarithm':
      return make('', 'Log', x);
    case 'gelu':
      return make(
        '',
        'Mul',
        make('half', 'Mul', x, value(0.5)),
        make('gate', 'AddV2', make('erf', 'Erf', make('scaled', 'Mul', x, value(Math.SQRT1_2))), value(1)),
      );
    case 'mish':
      return make('', 'Mul', x, make('gate', 'Tanh', make('softplus', 'Softplus', x)));
  }
}
