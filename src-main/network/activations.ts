// Keras's activations on one number, to know what a channel of zeros sends on.

const byName: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  tanh: Math.tanh,
  sigmoid,
  hard_sigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  elu: (x) => (x >= 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  softplus: (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x),
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x) => x * sigmoid(x),
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  exponential: Math.exp,
  hard_sigmoid_v3: (x) => Math.min(1, Math.max(0, x / 6 + 0.5)),
  celu: (x) => (x >= 0 ? x : Math.expm1(x)),
  log_sigmoid: (x) => -Math.log1p(Math.exp(-Math.abs(x))) + Math.min(0, x),
  hard_tanh: (x) => Math.min(1, Math.max(-1, x)),
  squareplus: (x) => (x + Math.sqrt(x * x + 4)) / 2,
  tanh_shrink: (x) => x - Math.tanh(x),
  hard_shrink: (x) => (Math.abs(x) > 0.5 ? x : 0),
  soft_shrink: (x) => Math.max(0, x - 0.5) - Math.max(0, -x - 0.5),
  leaky_relu: (x) => (x >= 0 ? x : 0.2 * x),
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  log: Math.log,
};
/** Their value at 0 is 0, whatever the approximation or version. */
const zeroAtZero = new Set(['gelu', 'gelu_new', 'hard_swish', 'hard_silu']);

/** The activation's value for an input, or null where it has none by itself (softmax mixes channels) or isn't known. */
export function activate(name: string, x: number): number | null {
  if (zeroAtZero.has(name)) return x === 0 ? 0 : null;
  const value = Object.hasOwn(byName, name) ? byName[name]?.(x) : undefined;
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
