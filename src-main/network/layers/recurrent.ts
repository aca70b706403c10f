// SimpleRNN, GRU and LSTM: the same kernels at every step of a sequence.
import { countOf, flagOf, type TensorShape } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { lastAxis, onlyShape, type LayerKind } from './layer-kind.ts';

/** `gates` kernels side by side: 1 in SimpleRNN, 3 in a GRU, 4 in an LSTM; `states` besides the output: 1, 1, 2. */
export function recurrent(gates: 1 | 3 | 4, states: 1 | 2): LayerKind {
  return {
    outputShape(config, inputs) {
      const [batch, steps] = onlyShape(inputs);
      const units = countOf(config, 'units');
      return flagOf(config, 'return_sequences', false) ? [batch ?? null, steps ?? null, units] : [batch ?? null, units];
    },
    moreOutputs: (config, inputs) =>
      flagOf(config, 'return_state', false)
        ? Array.from({ length: states }, (): TensorShape => [onlyShape(inputs)[0] ?? null, countOf(config, 'units')])
        : [],
    macs(config, inputs) {
      const units = countOf(config, 'units');
      const shape = onlyShape(inputs);
      return (shape[1] ?? 1) * gates * units * (lastAxis(shape) + units);
    },
    weights(config, inputs) {
      const units = countOf(config, 'units');
      return [
        { name: 'kernel', shape: [lastAxis(onlyShape(inputs)), gates * units], start: 'glorot-uniform' },
        { name: 'recurrent_kernel', shape: [units, gates * units], start: 'glorot-uniform' },
        ...(flagOf(config, 'use_bias', true)
          ? [{ name: 'bias', shape: biasShape(config, gates * units, gates === 3), start: 'zeros' } as const]
          : []),
      ];
    },
    kernels: ['kernel', 'recurrent_kernel'],
    channels: { role: 'consume', inputs: [{ weight: 'kernel', axis: 0 }], why: 'its units feed back into themselves at every step' },
  };
}

/** A GRU that resets after the matrix product (as cuDNN's does) has one bias for the input and one for the state. */
function biasShape(config: JsonObject, length: number, gru: boolean): readonly number[] {
  return gru && flagOf(config, 'reset_after', false) ? [2, length] : [length];
}
