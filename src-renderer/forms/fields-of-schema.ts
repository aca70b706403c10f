// A form's fields out of the contract's own schema: limits, defaults and the sentence on each, said once.
import { z } from 'zod';
import { criterionNamed } from '#criteria/all-criteria.ts';
import { Criterion } from '#contract/recipe.ts';

interface Common {
  readonly name: string;
  readonly label: string;
  readonly hint: string | undefined;
  /** What it is where nobody says otherwise. */
  readonly standard: unknown;
}
export type FieldSpec =
  | (Common & { readonly kind: 'choice'; readonly options: readonly { readonly value: string; readonly label: string }[] })
  | (Common & { readonly kind: 'number'; readonly whole: boolean; readonly min: number | undefined; readonly max: number | undefined })
  | (Common & { readonly kind: 'check' })
  | (Common & { readonly kind: 'text' });

const Property = z.object({
  description: z.string().optional(),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  default: z.unknown().optional(),
});

const Either = z.object({
  description: z.string().optional(),
  default: z.unknown().optional(),
  anyOf: z.array(z.looseObject({ type: z.string() })),
});

/** Words that read better than the field's own name. */
const labels: Readonly<Record<string, string>> = {
  rate: 'Learning rate',
  decay: 'Rate over time',
  batch: 'Batch size',
  epochs: 'Epochs',
  seed: 'Seed',
  optimizer: 'Optimizer',
  dropEvery: 'Epochs between drops',
  dropFactor: 'Factor of a drop',
  warmUp: 'Warm-up epochs',
  loss: 'Loss',
  auto: 'Automatic',
  categorical: 'Categorical cross-entropy',
  binary: 'Binary cross-entropy',
  mse: 'Squared error',
  weightDecay: 'Weight decay',
  clip: 'Gradient clipping',
  scaleL1: 'L1 on batch-norm scales',
  patience: 'Early stopping: patience',
  keepBest: 'Keep the best epoch',
  distillTemperature: 'Temperature',
  distillMix: 'Teacher’s share of the loss',
  rounds: 'Rounds',
  adam: 'Adam',
  adamw: 'AdamW',
  sgd: 'SGD',
  momentum: 'SGD with momentum',
  nesterov: 'SGD with Nesterov momentum',
  rmsprop: 'RMSprop',
  cosine: 'Cosine',
  constant: 'Constant',
  step: 'Steps',
  block: 'Block size',
  nm: 'Kept of every group',
  runtime: 'Runtime',
  tensorflow: 'TensorFlow',
  onnxruntime: 'ONNX Runtime',
  scoreSamples: 'Samples to score on',
  samples: 'Samples for each point',
  normalise: 'Scores divided by',
  combine: 'Coupled layers',
  keepFirst: 'Spare the first layer',
  keepLast: 'Spare the last layer',
  roundTo: 'Channels in multiples of',
  minChannels: 'Channels at least',
  none: 'Nothing',
  size: 'Number of weights',
  max: 'Largest',
  mean: 'Mean',
  sum: 'Sum',
  first: 'First layer only',
  global: 'Whole network',
  layer: 'Each layer',
  floor: 'Accuracy floor (0 to 1)',
  floorPoints: 'Floor below the baseline (points)',
  rewindTo: 'Rewind to step',
  initialSparsity: 'Sparsity at first',
  begin: 'Rise begins',
  end: 'Rise ends',
  power: 'Power of the rise',
  frequency: 'Steps between moves',
  splice: 'Weights may come back',
  sweep: 'Take out dead channels',
  reinitialise: 'Fresh weights first',
  recalibrate: 'Recalibrate batch normalization',
  'lottery-ticket': 'Lottery ticket',
  'one-shot': 'One-shot',
  iterative: 'Iterative',
  polynomial: 'Gradual',
  weight: 'Weights',
  neuron: 'Neurons',
  filter: 'Filters',
  'n:m': 'N:M',
};

export function labelOf(name: string): string {
  return labels[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}

/** Fields in the schema's order; lists are left out. */
export function fieldsOf(schema: z.ZodObject): readonly FieldSpec[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).flatMap(([name, raw]): FieldSpec[] => {
    const parsed = Property.safeParse(withoutNull(raw));
    if (!parsed.success) return [];
    const { description, type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, default: standard, ...rest } = parsed.data;
    const common = { name, label: labelOf(name), hint: description === undefined ? undefined : sentence(description), standard };
    if (rest.enum !== undefined)
      return [{ ...common, kind: 'choice', options: rest.enum.map((value) => ({ value, label: labelOf(value) })) }];
    if (type === 'integer' || type === 'number')
      return [{ ...common, kind: 'number', whole: type === 'integer', min: minimum ?? exclusiveMinimum, max: maximum ?? exclusiveMaximum }];
    if (type === 'string') return [{ ...common, kind: 'text' }];
    return type === 'boolean' ? [{ ...common, kind: 'check' }] : [];
  });
}

/** What may be left empty is a field like others: a number, or null. */
function withoutNull(raw: unknown): unknown {
  const either = Either.safeParse(raw);
  if (!either.success) return raw;
  const [one] = either.data.anyOf.filter(({ type }) => type !== 'null');
  return { ...one, description: either.data.description, default: either.data.default };
}

type Values = Readonly<Record<string, unknown>>;

/** Fields that only matter beside a certain choice of another, which the others need not see. */
const only: Readonly<Record<string, (values: Values) => boolean>> = {
  block: ({ granularity }) => granularity === 'block',
  nm: ({ granularity }) => granularity === 'n:m',
  roundTo: ofChannels,
  minChannels: ofChannels,
  compact: ofChannels,
  sweep: (values) => !ofChannels(values),
  normalise: rankedTogether,
  combine: rankedTogether,
  scoreSamples: ({ criterion }) => ['products', 'activations'].includes(lookOf(criterion)),
  dropEvery: ({ decay }) => decay === 'step',
  dropFactor: ({ decay }) => decay === 'step',
  distillTemperature: ({ distill }) => distill !== false,
  distillMix: ({ distill }) => distill !== false,
  rounds: inRounds,
  spacing: inRounds,
  floor: inRounds,
  floorPoints: inRounds,
  rewindTo: ({ schedule }) => schedule === 'lottery-ticket',
  initialSparsity: gradually,
  begin: gradually,
  end: gradually,
  power: gradually,
  frequency: ({ schedule, splice }) => schedule === 'polynomial' || splice !== 0,
  splice: ({ schedule }) => schedule !== 'lottery-ticket',
};

/** Whether what goes are whole channels. */
export function ofChannels({ granularity }: Values): boolean {
  return granularity === 'neuron' || granularity === 'filter';
}

function rankedTogether(values: Values): boolean {
  return ofChannels(values) && values['scope'] === 'global';
}

/** What a criterion looks at; empty where it is none of them. */
function lookOf(name: unknown): string {
  const known = Criterion.safeParse(name);
  return known.success ? criterionNamed(known.data).looksAt : '';
}

function inRounds({ schedule }: Values): boolean {
  return schedule === 'iterative' || schedule === 'lottery-ticket';
}

function gradually({ schedule }: Values): boolean {
  return schedule === 'polynomial';
}

/** The fields that mean something with these values. */
export function fieldsInUse(fields: readonly FieldSpec[], values: Values): readonly FieldSpec[] {
  return fields.filter(({ name }) => only[name]?.(values) ?? true);
}

/** Those that are not as the contract has them where nothing is said. */
export function changedFields(fields: readonly FieldSpec[], values: Values): readonly FieldSpec[] {
  return fields.filter(({ name, standard }) => values[name] !== undefined && values[name] !== standard);
}

export type Problems = Readonly<Record<string, string>>;

/** What the contract says against these values, by field: `{ rate: 'more than 0' }`; empty where it says nothing. */
export function problemsOf(schema: z.ZodType, values: unknown): Problems {
  const parsed = schema.safeParse(values);
  if (parsed.success) return {};
  return Object.fromEntries(parsed.error.issues.toReversed().map((issue) => [issue.path.join('.'), inWords(issue)]));
}

function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'A whole number is needed.' : 'A number is needed.';
  if (issue.code === 'too_small') return `At ${issue.inclusive === false ? 'least a little over' : 'least'} ${String(issue.minimum)}.`;
  if (issue.code === 'too_big') return issue.inclusive === false ? sentence(issue.message) : `At most ${String(issue.maximum)}.`;
  return sentence(issue.message);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
