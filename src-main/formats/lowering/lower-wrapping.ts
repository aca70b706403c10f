// A layer at every step of a sequence by itself.
import { isList } from '#network/config-values.ts';
import { wrapped } from '#network/layers/wrapping.ts';
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { inputOf, type LayerCall, type PlainBuilder } from './plain-builder.ts';

export type Lowering = (builder: PlainBuilder, call: LayerCall) => void;

/** These work along the last axis or entry by entry, so that all steps go at once. */
const atOnce = new Set([
  'Dense',
  'Activation',
  'ReLU',
  'LeakyReLU',
  'ELU',
  'LayerNormalization',
  'BatchNormalization',
  'Rescaling',
  'Softmax',
  'Dropout',
]);

/** An axis counted from the front has the steps before it; the batch is counted with. */
function withSteps(config: JsonObject): JsonObject {
  const { axis } = config;
  const later = (each: Json): Json => (typeof each === 'number' && each > 0 ? each + 1 : each);
  return axis === undefined ? config : { ...config, axis: isList(axis) ? axis.map(later) : later(axis) };
}

/** Other layers are called once a step, with the same weights. @param how finds the lowering of a class, and refuses one that has none. */
export function lowerTimeDistributed(how: (type: string, call: LayerCall) => Lowering): Lowering {
  return (builder, call) => {
    const { type, config } = wrapped(call.config);
    const lower = how(type, call);
    if (atOnce.has(type)) return lower(builder, { ...call, type, config: withSteps(config) });
    const input = inputOf(call);
    const [steps = 0, ...each] = builder.shape(input);
    const shape = call.outputShape.slice(1);
    const rows = Array.from({ length: steps }, (_, step) => {
      const begin = [step, ...each.map(() => 0)];
      const row = builder.add(call, `${call.output}/row ${step}`, [1, ...each], { kind: 'slice', inputs: [input], begin });
      const output = `${call.output}/step ${step}`;
      const own = builder.reshape(call, row, each, `${output}/input`);
      lower(builder, { ...call, type, config, inputs: [own], output, outputShape: shape });
      return builder.reshape(call, output, [1, ...shape], `${output}/as row`);
    });
    builder.add(call, call.output, call.outputShape, { kind: 'concatenate', inputs: rows, axis: 0 });
  };
}
