// The activations on numbers, in double precision.
import type { ActivationFunction, Fused } from './plain-network.ts';

const functions: Readonly<Record<ActivationFunction, (x: number, parameter: number) => number>> = {
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  'relu-max': (x, most) => Math.min(most, Math.max(0, x)),
  'leaky-relu': (x, slope) => (x >= 0 ? x : slope * x),
  elu: (x, alpha) => (x >= 0 ? x : alpha * Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  sigmoid,
  tanh: Math.tanh,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x) => x * sigmoid(x),
  'hard-swish': (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
  'hard-sigmoid': (x, slope) => Math.min(1, Math.max(0, slope * x + 0.5)),
  exponential: Math.exp,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  mish: (x) => x * Math.tanh(softplus(x)),
  'square-root': Math.sqrt,
  reciprocal: (x) => 1 / x,
  logarithm: Math.log,
};

export function activateEach(name: ActivationFunction, parameter: number, data: Float32Array): Float32Array {
  const one = functions[name];
  return data.map((x) => one(x, parameter));
}

export function clamp(data: Float32Array, fused: Fused): Float32Array {
  return fused === 'none' ? data : activateEach(fused, 0, data);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softplus(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x);
}

/** By its power series, 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)); beyond 4 it is 1 but for 2 · 10⁻⁸. */
function erf(x: number): number {
  if (Math.abs(x) >= 4) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
