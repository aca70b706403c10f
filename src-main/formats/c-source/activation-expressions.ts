// Activations as expressions of C99 in `x`.
import type { ActivationFunction } from '../lowering/plain-network.ts';
import { floatLiteral } from './encode-weights.ts';

const sigmoid = '1.0f / (1.0f + expf(-x))';
const softplus = 'log1pf(expf(-fabsf(x))) + (x > 0.0f ? x : 0.0f)';

const expressions: Readonly<Record<ActivationFunction, (parameter: string) => string>> = {
  relu: () => 'x > 0.0f ? x : 0.0f',
  relu6: () => 'x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x',
  'relu-max': (most) => `x < 0.0f ? 0.0f : x > ${most} ? ${most} : x`,
  'leaky-relu': (slope) => `x >= 0.0f ? x : ${slope} * x`,
  elu: (alpha) => `x >= 0.0f ? x : ${alpha} * expm1f(x)`,
  selu: () => '1.05070099f * (x >= 0.0f ? x : 1.67326324f * expm1f(x))',
  sigmoid: () => sigmoid,
  tanh: () => 'tanhf(x)',
  softplus: () => softplus,
  softsign: () => 'x / (1.0f + fabsf(x))',
  swish: () => 'x / (1.0f + expf(-x))',
  'hard-swish': () => 'x <= -3.0f ? 0.0f : x >= 3.0f ? x : x * (x + 3.0f) / 6.0f',
  'hard-sigmoid': (slope) => `${slope} * x <= -0.5f ? 0.0f : ${slope} * x >= 0.5f ? 1.0f : ${slope} * x + 0.5f`,
  exponential: () => 'expf(x)',
  gelu: () => '0.5f * x * (1.0f + erff(x * 0.707106781f))',
  mish: () => `x * tanhf(${softplus})`,
  'square-root': () => 'sqrtf(x)',
  reciprocal: () => '1.0f / x',
  logarithm: () => 'logf(x)',
};

/** A function `(in, out, count)` that applies the activation; `name` is its name. */
export function activationSource(name: string, which: ActivationFunction, parameter: number): string {
  return `static void ${name}(const float *in, float *out, long count) {
  for (long n = 0; n < count; n++) { const float x = in[n]; out[n] = ${expressions[which](floatLiteral(parameter))}; }
}
`;
}
