// Along which axis of a kernel the inputs of one output lie.
import { layerKind } from './layers/layer-table.ts';

/**
 * From the front for a kernel of this rank: 2 of a Conv2D's [3, 3, 16, 32], 0 of a Dense's [784, 300]. Null where each output sees one
 * input channel alone (depthwise), or the layer isn't known.
 */
export function inputAxisOf(type: string, role: string, rank: number): number | null {
  if (role === 'recurrent_kernel') return 0;
  const channels = layerKind(type)?.channels;
  if (role === 'depthwise_kernel' || channels === undefined || !('inputs' in channels)) return null;
  const axis = channels.inputs.find(({ weight }) => weight === role)?.axis;
  if (axis === undefined) return null;
  return axis < 0 ? rank + axis : axis;
}
