// Puts what a removed channel would still have sent, sigmoid's 0.5 say, into the bias of the layer that consumed it.
import { axisFromFront, type DependencyGroup } from '#network/channel-groups.ts';
import type { NamedTensor } from '#network/model-artifact.ts';
import { removedFlags, tensorOf, type Removal, type TensorsByLayer } from './channel-cuts.ts';
import { runsAlong } from './tensor-axes.ts';

/**
 * Consumers with a constant input c from removed channels get bias + Σ c · their kernel rows, which is exact for dense layers and
 * convolutions without padding — others' groups are not prunable in the first place. Returns new biases by name; a layer
 * without one gets one.
 */
export function foldedBiases(groups: readonly DependencyGroup[], removal: Removal, tensors: TensorsByLayer): Map<string, NamedTensor> {
  const added = new Map<NamedTensor, Float64Array>();
  for (const { group, slices } of groups) {
    const gone = removedFlags(group.channels, removal.get(group.id) ?? []);
    if (gone === null) continue;
    for (const slice of slices) {
      const { constants } = slice;
      const kernel = constants === null ? undefined : tensorOf(slice, tensors);
      if (constants === null || kernel === undefined) continue;
      const sums = added.get(kernel) ?? new Float64Array(kernel.shape.at(-1) ?? 1);
      added.set(kernel, sums);
      slice.positions.forEach((row, at) => {
        const constant = constants[row] ?? 0;
        if (gone[slice.channels[at]!] === 1 && constant !== 0)
          addRow(sums, kernel, axisFromFront(slice.axis, kernel.shape.length), row, constant);
      });
    }
  }
  return new Map(
    [...added]
      .filter(([, sums]) => sums.some((sum) => sum !== 0))
      .map(([kernel, sums]) => {
        const name = `${kernel.name.slice(0, -'kernel'.length)}bias`;
        const bias = [...tensors.values()].flat().find((tensor) => tensor.name === name)?.data;
        return [
          name,
          { name, dtype: 'float32', shape: [sums.length], data: Float32Array.from(sums, (more, unit) => (bias?.[unit] ?? 0) + more) },
        ];
      }),
  );
}

/** Over all positions of the window, as each of them sees the constant. */
function addRow(sums: Float64Array, { shape, data }: NamedTensor, axis: number, row: number, constant: number): void {
  const { outer, length, inner } = runsAlong(shape, axis);
  for (let block = 0; block < outer; block++) {
    const start = (block * length + row) * inner;
    for (let unit = 0; unit < inner; unit++) sums[unit]! += constant * data[start + unit]!;
  }
}
