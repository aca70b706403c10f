// The weights' updates as TensorFlow's fused optimizer kernels, on masked gradients.
import { loadKernels } from '../../runtime/native-kernels.ts';
import { constants, type UpdateRule } from '../optimizers.ts';
import type { GraphDefinition } from './graph-definition.ts';
import type { NativeBinding } from './native-binding.ts';
import { plain, readOf, variableName } from './write-trace.ts';

/** What is fed to every step beside the batch: functions of the step number alone, so no schedule needs another graph. */
const scalars = {
  rate: (rate: number) => rate,
  /** What weight decay takes off each weight, as a share of it. */
  decayRate: (rate: number, _step: number, { weightDecay }: UpdateRule) => rate * weightDecay,
  beta1Power: (_rate: number, step: number) => constants.beta1 ** (step + 1),
  beta2Power: (_rate: number, step: number) => constants.beta2 ** (step + 1),
  clip: (_rate: number, _step: number, { clip }: UpdateRule) => clip,
} as const satisfies Record<string, (rate: number, step: number, rule: UpdateRule) => number>;
type Scalar = keyof typeof scalars;

function scalarsOf({ optimizer, weightDecay, clip }: UpdateRule): readonly Scalar[] {
  const adam = optimizer === 'adam' || optimizer === 'adamw';
  return [
    'rate',
    ...(weightDecay > 0 ? (['decayRate'] as const) : []),
    ...(adam ? (['beta1Power', 'beta2Power'] as const) : []),
    ...(clip > 0 ? (['clip'] as const) : []),
  ];
}

/** Values of the fed scalars, by name. */
export function scalarsAt(rule: UpdateRule, step: number, rate: number): (readonly [string, number])[] {
  return scalarsOf(rule).map((name) => [name, scalars[name](rate, step, rule)] as const);
}

export function writeScalars(graph: GraphDefinition, native: NativeBinding, rule: UpdateRule): void {
  for (const name of scalarsOf(rule)) graph.placeholder(name, native.TF_FLOAT, []);
}

export interface Updates {
  readonly prefix: string;
  /** Nodes of the gradients by weight. */
  readonly gradients: ReadonlyMap<string, string>;
  /** Nodes of the other results, after which a weight is read no more. */
  readonly results: readonly string[];
  /** Of these weights the gradient is masked: they and their slots are zero where the mask is, and a zero gradient keeps them so under every optimizer. */
  readonly masked: ReadonlySet<string>;
  readonly rule: UpdateRule;
}

/** The names of the nodes that update the weights. */
export function writeUpdates(
  graph: GraphDefinition,
  native: NativeBinding,
  { prefix, gradients, results, masked, rule }: Updates,
): string[] {
  if (isNative(rule)) return [writeNativeAdam(graph, native, { prefix, gradients, results, masked, rule })];
  const type = graph.type('T', native.TF_FLOAT);
  const slopes = [...gradients].map(([weight, gradient]) => {
    const node = `${prefix}apply/${plain(weight)}`;
    const slope = masked.has(weight)
      ? graph.node(`${node}/masked`, 'Mul', [gradient, readOf(variableName.mask(weight))], [type])
      : gradient;
    return { weight, node, slope };
  });
  const factor = rule.clip > 0 ? writeClipFactor(graph, native, prefix, slopes) : undefined;
  return slopes.map(({ weight, node, slope }) => {
    const taken = factor === undefined ? slope : graph.node(`${node}/clipped`, 'Mul', [slope, factor], [type]);
    return applyOptimizer(graph, native, node, weight, taken, rule);
  });
}

/** Whether all weights are updated by one kernel of our own. */
function isNative({ optimizer, clip }: UpdateRule): boolean {
  return (optimizer === 'adam' || optimizer === 'adamw') && clip === 0 && loadKernels();
}

/** One pass over weights, means, slopes and masks, in the variables' own memory: hence only once everything has been read. */
function writeNativeAdam(graph: GraphDefinition, native: NativeBinding, { prefix, gradients, results, masked, rule }: Updates): string {
  const weights = [...gradients.keys()];
  const scalar = (name: string, value: number) => graph.constant(`${prefix}apply/${name}`, native.TF_FLOAT, [], Float32Array.of(value));
  const none = graph.constant(`${prefix}apply/no-mask`, native.TF_FLOAT, [0], new Float32Array());
  const slot = (name: string) => weights.map((weight) => readOf(variableName.slot(`${weight}/${name}`)));
  const inputs = [
    ...['beta1Power', 'beta2Power', 'rate', rule.weightDecay > 0 ? 'decayRate' : scalar('no-decay', 0)],
    ...weights.map((weight) => readOf(variableName.weight(weight))),
    ...slot('m'),
    ...slot('v'),
    ...gradients.values(),
    ...weights.map((weight) => (masked.has(weight) ? readOf(variableName.mask(weight)) : none)),
    ...results.map((name) => `^${name.split(':')[0]!}`),
  ];
  return graph.node(`${prefix}apply`, 'EspalierAdam', inputs, [
    graph.int('N', weights.length),
    graph.float('beta1', constants.beta1),
    graph.float('beta2', constants.beta2),
    graph.float('epsilon', constants.epsilon),
  ]);
}

/** clip / max(norm, clip), the norm over what is left of the gradients under the masks. */
function writeClipFactor(
  graph: GraphDefinition,
  native: NativeBinding,
  prefix: string,
  slopes: readonly { readonly node: string; readonly slope: string }[],
): string {
  const type = graph.type('T', native.TF_FLOAT);
  const halves = slopes.map(({ node, slope }) => graph.node(`${node}/half-square`, 'L2Loss', [slope], [type]));
  const half = graph.node(`${prefix}clip/half`, 'AddN', halves, [graph.int('N', halves.length), type]);
  const two = graph.constant(`${prefix}clip/two`, native.TF_FLOAT, [], Float32Array.of(2));
  const norm = graph.node(`${prefix}clip/norm`, 'Sqrt', [graph.node(`${prefix}clip/square`, 'Mul', [half, two], [type])], [type]);
  const bound = graph.node(`${prefix}clip/bound`, 'Maximum', [norm, 'clip'], [type]);
  return graph.node(`${prefix}clip/factor`, 'RealDiv', ['clip', bound], [type]);
}

function applyOptimizer(
  graph: GraphDefinition,
  native: NativeBinding,
  node: string,
  weight: string,
  slope: string,
  { optimizer, weightDecay }: UpdateRule,
): string {
  const type = graph.type('T', native.TF_FLOAT);
  const first = weightDecay > 0 ? [`^${writeDecay(graph, native, node, weight, slope)}`] : [];
  const scalar = (name: string, value: number) => graph.constant(`${node}/${name}`, native.TF_FLOAT, [], Float32Array.of(value));
  const variable = variableName.weight(weight);
  const slot = (name: string) => variableName.slot(`${weight}/${name}`);
  switch (optimizer) {
    case 'sgd':
      return graph.node(node, 'ResourceApplyGradientDescent', [variable, 'rate', slope, ...first], [type]);
    case 'momentum':
    case 'nesterov':
      return graph.node(
        node,
        'ResourceApplyKerasMomentum',
        [variable, slot('velocity'), 'rate', slope, scalar('momentum', constants.momentum), ...first],
        [type, graph.bool('use_nesterov', optimizer === 'nesterov')],
      );
    case 'adam':
    case 'adamw':
      return graph.node(
        node,
        'ResourceApplyAdam',
        [
          variable,
          slot('m'),
          slot('v'),
          'beta1Power',
          'beta2Power',
          'rate',
          scalar('beta1', constants.beta1),
          scalar('beta2', constants.beta2),
          scalar('epsilon', constants.epsilon),
          slope,
          ...first,
        ],
        [type],
      );
    case 'rmsprop':
      return graph.node(
        node,
        'ResourceApplyRMSProp',
        [
          variable,
          slot('ms'),
          slot('move'),
          'rate',
          scalar('rho', constants.rho),
          scalar('momentum', 0),
          scalar('epsilon', constants.epsilon),
          slope,
          ...first,
        ],
        [type],
      );
  }
}

/** Takes the decay off the weight once its gradient is known, so that nothing still reads the weight as it was. */
function writeDecay(graph: GraphDefinition, native: NativeBinding, node: string, weight: string, slope: string): string {
  const type = graph.type('T', native.TF_FLOAT);
  const variable = variableName.weight(weight);
  const loss = graph.node(`${node}/decay`, 'Mul', [readOf(variable), 'decayRate', `^${slope.split(':')[0]!}`], [type]);
  return graph.node(`${node}/decayed`, 'AssignSubVariableOp', [variable, loss], [graph.type('dtype', native.TF_FLOAT)]);
}
