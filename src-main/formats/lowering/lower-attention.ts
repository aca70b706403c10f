// Attention as products and a softmax, dot products, and look-ups in a table.
import { countOf, flagOf, isList, textOf } from '#network/config-values.ts';
import { inputOf, refuse, type LayerCall, type PlainBuilder } from './plain-builder.ts';

/** Rows of the table by number. */
export function lowerEmbedding(builder: PlainBuilder, call: LayerCall): void {
  if (flagOf(call.config, 'mask_zero', false)) throw refuse(call, 'it hides the word 0 from the layers behind it (mask_zero)');
  const width = call.weightShape('embeddings')[1] ?? 1;
  builder.add(call, call.output, call.outputShape, { kind: 'lookup', inputs: [inputOf(call)], table: call.weight('embeddings'), width });
}

/** softmax(q kᵀ · scale) v (Luong et al. 2015). */
export function lowerAttention(builder: PlainBuilder, call: LayerCall): void {
  const [query = '', value = '', key = value] = call.inputs;
  if (textOf(call.config, 'score_mode', 'dot') !== 'dot') throw refuse(call, 'its scores are no products (score_mode)');
  const [steps = 1] = builder.shape(query);
  const [others = 1] = builder.shape(value);
  const scores = builder.add(call, `${call.output}/scores`, [steps, others], { kind: 'product', inputs: [query, key], turned: true });
  const factor = call.hasWeight('scale') ? (call.weight('scale')[0] ?? 1) : 1;
  const weighed =
    factor === 1
      ? scores
      : builder.add(call, `${call.output}/scaled`, [steps, others], { kind: 'affine', inputs: [scores], ...evenly(others, factor) });
  const shares = builder.add(call, `${call.output}/shares`, [steps, others], { kind: 'softmax', inputs: [weighed], logarithm: false });
  builder.add(call, call.output, call.outputShape, { kind: 'product', inputs: [shares, value], turned: false });
}

/** Of two vectors, or matrix by matrix, along one axis of each (from 1 on); `normalize` gives both length 1 along it first. */
export function lowerDot(builder: PlainBuilder, call: LayerCall): void {
  const given = call.config.axes;
  const axes = (isList(given) ? given : [given, given]).map(Number);
  const sides = call.inputs.map((input, at) => {
    const shape = builder.shape(input);
    const axis = axes[at]! < 0 ? axes[at]! + shape.length : axes[at]! - 1;
    if (call.inputs.length !== 2 || shape.length > 2 || axis < 0 || axis >= shape.length)
      throw refuse(call, 'it sums over more than vectors and matrices');
    const name = (what: string): string => `${call.output}/${what} of ${at + 1}`;
    // What is summed over comes last.
    const [rows, summed] = shape.length === 1 ? [1, shape[0]!] : [shape[1 - axis]!, shape[axis]!];
    const last =
      shape.length === 1
        ? builder.reshape(call, input, [1, summed], name('the row'))
        : axis === 1
          ? input
          : builder.add(call, name('the transpose'), [rows, summed], { kind: 'transpose', inputs: [input], axes: [1, 0] });
    if (!flagOf(call.config, 'normalize', false)) return last;
    const scale = new Float32Array(summed).fill(1 / Math.sqrt(summed));
    const [epsilon, shift] = [1e-12 / summed, new Float32Array(summed)];
    return builder.add(call, name('the direction'), [rows, summed], {
      kind: 'layer-norm',
      centred: false,
      inputs: [last],
      epsilon,
      scale,
      shift,
    });
  });
  const size = sides.map((side) => builder.shape(side)[0] ?? 1);
  const product = builder.add(call, `${call.output}/product`, size, { kind: 'product', inputs: sides, turned: true });
  builder.reshape(call, product, call.outputShape, call.output);
}

/** Every head by itself: [steps, entries] → [heads, steps, width], attended to, and back to entries (Vaswani et al. 2017). */
export function lowerMultiHeadAttention(builder: PlainBuilder, call: LayerCall): void {
  const [query = '', value = '', key = value] = call.inputs;
  if (flagOf(call.config, 'use_causal_mask', false)) throw refuse(call, 'it hides what comes later (use_causal_mask)');
  const heads = countOf(call.config, 'num_heads');
  const name = (part: string): string => `${call.output}/${part}`;
  const projected = (role: string, from: string): string => {
    const [, , width = 1] = call.weightShape(`${role}/kernel`);
    const [steps = 1] = builder.shape(from);
    const flat = dense(builder, call, role, from, heads * width, name(role));
    const apart = builder.reshape(call, flat, [steps, heads, width], name(`${role} by head`));
    return builder.add(call, name(`${role} heads first`), [heads, steps, width], { kind: 'transpose', inputs: [apart], axes: [1, 0, 2] });
  };
  const [asking, offered, held] = [projected('query', query), projected('key', key), projected('value', value)];
  const [, steps = 1] = builder.shape(asking);
  const [, others = 1, width = 1] = builder.shape(held);
  const size = [heads, steps, others];
  const products = builder.add(call, name('products'), size, { kind: 'product', inputs: [asking, offered], turned: true });
  const factor = 1 / Math.sqrt(countOf(call.config, 'key_dim'));
  const scores = builder.add(call, name('scores'), size, { kind: 'affine', inputs: [products], ...evenly(others, factor) });
  const shares = builder.add(call, name('shares'), size, { kind: 'softmax', inputs: [scores], logarithm: false });
  const mixed = builder.add(call, name('mixed'), [heads, steps, width], { kind: 'product', inputs: [shares, held], turned: false });
  const back = builder.add(call, name('steps first'), [steps, heads, width], { kind: 'transpose', inputs: [mixed], axes: [1, 0, 2] });
  const joined = builder.reshape(call, back, [steps, heads * width], name('joined'));
  dense(builder, call, 'attention_output', joined, call.outputShape.at(-1) ?? 1, call.output);
}

function dense(builder: PlainBuilder, call: LayerCall, role: string, input: string, units: number, output: string): string {
  const [steps = 1] = builder.shape(input);
  return builder.add(call, output, [steps, units], {
    kind: 'dense',
    inputs: [input],
    kernel: call.weight(`${role}/kernel`),
    bias: call.hasWeight(`${role}/bias`) ? call.weight(`${role}/bias`) : new Float32Array(units),
    fused: 'none',
  });
}

function evenly(count: number, factor: number): { scale: Float32Array; shift: Float32Array } {
  return { scale: new Float32Array(count).fill(factor), shift: new Float32Array(count) };
}
