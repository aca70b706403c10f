// One weight's update as TensorFlow's fused optimizer kernels, on masked gradients.
import type { Optimizer } from '#contract/recipe.ts';
import type { GraphDefinition } from './graph-definition.ts';
import type { NativeBinding } from './native-binding.ts';
import { readOf, variableName } from './write-trace.ts';

export interface UpdateOptions {
  readonly prefix: string;
  readonly weight: string;
  /** The gradient's node. */
  readonly gradient: string;
  /** Then the weight and its slots are zero where the mask is, and a zero gradient keeps them so: 0 − rate · 0 / (√0 + ε) = 0. */
  readonly masked: boolean;
  readonly optimizer: Optimizer;
}

/** The name of the node that updates the weight. Rates and Adam's running powers are fed: they are functions of the step alone. */
export function applyOptimizer(
  graph: GraphDefinition,
  native: NativeBinding,
  { prefix, weight, gradient, masked, optimizer }: UpdateOptions,
): string {
  const type = graph.type('T', native.TF_FLOAT);
  const scalar = (name: string, value: number) => graph.constant(`${prefix}/${name}`, native.TF_FLOAT, [], Float32Array.of(value));
  const slope = masked ? graph.node(`${prefix}/masked`, 'Mul', [gradient, readOf(variableName.mask(weight))], [type]) : gradient;
  const variable = variableName.weight(weight);
  const slot = (name: string) => variableName.slot(`${weight}/${name}`);
  switch (optimizer) {
    case 'sgd':
      return graph.node(prefix, 'ResourceApplyGradientDescent', [variable, 'rate', slope], [type]);
    case 'momentum':
      return graph.node(prefix, 'ResourceApplyKerasMomentum', [variable, slot('velocity'), 'rate', slope, scalar('momentum', 0.9)], [type]);
    case 'adam':
      return graph.node(
        prefix,
        'ResourceApplyAdam',
        [
          variable,
          slot('m'),
          slot('v'),
          'beta1Power',
          'beta2Power',
          'rate',
          scalar('beta1', 0.9),
          scalar('beta2', 0.999),
          scalar('epsilon', 1e-7),
          slope,
        ],
        [type],
      );
  }
}
