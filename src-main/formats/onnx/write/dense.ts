// Dense as Gemm, or as MatMul over the last axis of longer tensors; Embedding as Gather.
import { activationOf, flagOf } from '#network/config-values.ts';
import { isPlain, permutedRows, plainOrder } from '../axis-order.ts';
import { int } from './attributes.ts';
import { activated } from './activation.ts';
import { TensorProto_DataType as DataType } from '../generated/onnx_pb.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';

export const dense: LayerWriter = (call) => {
  const [value, kernel] = inputAndKernel(call);
  const bias = flagOf(call.config, 'use_bias', true) ? [call.initializer('bias')] : [];
  const product =
    value.shape.length === 2
      ? call.op('Gemm', [value.name, kernel, ...bias])
      : bias.reduce((sum, added) => call.op('Add', [sum, added]), call.op('MatMul', [value.name, kernel]));
  return activated(call, { name: product, shape: call.shape, order: plainOrder(call.shape.length) }, activationOf(call.config));
};

/** Where channels-first entries were flattened, the kernel's rows are put in their order rather than the data in the kernel's. */
function inputAndKernel(call: LayerCall): readonly [Value, string] {
  const { input } = call;
  const { name, shape, data } = call.weight('kernel');
  const source = input.flattened;
  const sizes = source?.shape.slice(1).filter((size) => size !== null) ?? [];
  if (source === undefined || isPlain(source.order) || sizes.length !== source.shape.length - 1)
    return [call.graph.plain(input), call.initializer('kernel')];
  const order = source.order.slice(1).map((axis) => axis - 1);
  return [
    input,
    call.graph.floats(`${name}|rows ${sizes.join()}|${order.join()}`, shape, () => permutedRows(data, sizes, order, shape[1]!)),
  ];
}

export const embedding: LayerWriter = (call) => {
  if (flagOf(call.config, 'mask_zero', false))
    throw call.refusal('it masks the index 0, which later layers leave out', 'Build it without mask_zero, or export to another format.');
  const indices = call.graph.op('Cast', `${call.id}_indices`, [call.graph.plain(call.input).name], [int('to', DataType.INT32)]);
  return {
    name: call.op('Gather', [call.initializer('embeddings'), indices], [int('axis', 0)]),
    shape: call.shape,
    order: plainOrder(call.shape.length),
  };
};
