// A network as `inspect` prints it for people.
import type { NetworkEnd, NetworkSummary, Shape } from '#contract/network.ts';
import { bytes, count, percent, shape, short } from './numbers-for-people.ts';
import { labelled, textTable } from './text-table.ts';

export function describeNetwork(summary: NetworkSummary): string {
  const { parameters, nonzero, layers, unsupported } = summary;
  const table = textTable(
    ['layer', 'type', 'output', '>parameters', '>non-zero', '>MACs', 'prunable', 'group'],
    layers.map((layer) => [
      layer.name,
      layer.type,
      shape(layer.outputShape),
      count(layer.parameters),
      layer.parameters === 0 ? '—' : percent(layer.nonzero / layer.parameters, 1),
      short(layer.macs),
      layer.prunable.join(', ') || '—',
      layer.group ?? '—',
    ]),
  );
  return [
    `${summary.name}: ${ends(summary.inputs, summary.inputShape)} → ${ends(summary.outputs, summary.outputShape)}`,
    '',
    table,
    '',
    labelled([
      [
        'parameters',
        `${count(parameters)}, of which ${count(nonzero)} not zero (${parameters === 0 ? '—' : percent(nonzero / parameters, 1)})`,
      ],
      ['MACs', `${count(summary.macs)} a sample`],
      ['bytes', describeBytes(summary)],
      ['activations', `${bytes(summary.activationBytes)} at the peak, one sample, float32`],
    ]),
    ...(unsupported.length === 0 ? [] : ['', 'Not supported:', ...unsupported.map(({ layer, why }) => `  ${layer}: ${why}`)]),
  ].join('\n');
}

/** "28×28×1"; of several, each with its name: "left 8, right 4×4". */
function ends(all: readonly NetworkEnd[] | undefined, first: Shape): string {
  return all === undefined || all.length < 2 ? shape(first) : all.map((end) => `${end.name} ${shape(end.shape)}`).join(', ');
}

export function describeBytes({ bytes: sizes }: NetworkSummary): string {
  return `${bytes(sizes.raw)} raw, ${bytes(sizes.gzip)} gzipped, ${bytes(sizes.int8)} int8, ${bytes(sizes.sparse)} sparse`;
}
