// FusedBatchNormGradV3 of a normalisation that our own kernel makes → our own gradient, with the ReLU's in the same pass over memory.
import type { Source } from '../trace.ts';
import { BATCH_NORM, followers } from './native-batch-norm.ts';
import { same, type Rewrite } from './rewrite.ts';

export const nativeBatchNormGrad: Rewrite = (op, context) => {
  const [slope, x, scale, mean, inverse] = op.inputs;
  const norm = mean?.from === 'op' ? context.ops[mean.op] : undefined;
  if (op.name !== 'FusedBatchNormGradV3' || norm?.name !== BATCH_NORM) return undefined;
  const before = beforeRelu(slope!);
  const attributes = [{ name: 'relu', type: context.native.TF_ATTR_INT!, value: before === undefined ? 0 : 1 }];
  return { ...op, name: 'EspalierBatchNormGrad', attributes, inputs: [before ?? slope!, x!, scale!, norm.inputs[2]!, mean!, inverse!] };

  /** The slope after the ReLU, where the normalisation makes that too. */
  function beforeRelu(after: Source): Source | undefined {
    const grad = context.opOf(after);
    const { relu, add } = followers(norm!, context);
    if (grad?.name !== 'ReluGrad' || relu === undefined || add !== undefined) return undefined;
    return same(grad.inputs[1], context.firstOutput(relu)) ? grad.inputs[0] : undefined;
  }
};
