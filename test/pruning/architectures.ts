// ResNet-50, MobileNetV2 and DenseNet-121 layer by layer as Keras's applications build them, at any width and image size.
import type { JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { bn, conv, dense, depthwise, graph, relu, type Row } from './graphs.ts';
import { layer } from './networks.ts';

export interface Size {
  /** By how much filters are fewer than in the original. */
  readonly thinner: number;
  /** Pixels on a side. */
  readonly image: number;
  /** 10 if left out. */
  readonly classes?: number;
}

export const original: Size = { thinner: 1, image: 64 };

/** Adds layers one after another, each to the last one unless said otherwise, and returns their names. */
function chain(): { rows: Row[]; then: (config: LayerConfig, ...from: string[]) => string } {
  const rows: Row[] = [];
  const then = (config: LayerConfig, ...from: string[]): string => {
    rows.push([config, from.length > 0 ? from : [rows.length === 0 ? 'input' : String(rows.at(-1)?.[0].config['name'])]]);
    return String(config.config['name']);
  };
  return { rows, then };
}

const bare: JsonObject = { use_bias: false };
const pad = (name: string, padding: JsonObject[string]): LayerConfig => layer('ZeroPadding2D', name, { padding });
const pool = (name: string): LayerConfig => layer('MaxPooling2D', name, { pool_size: [3, 3], strides: [2, 2], padding: 'valid' });
const six = (name: string): LayerConfig => layer('ReLU', name, { max_value: 6 });

function finished({ rows, then }: ReturnType<typeof chain>, { image, classes = 10 }: Size): Topology {
  then(layer('GlobalAveragePooling2D', 'mean'));
  then(dense('predictions', classes, { activation: 'softmax' }));
  return graph({ input: [image, image, 3] }, rows, ['predictions']);
}

export function resNet50(size: Size): Topology {
  const net = chain();
  const { then } = net;
  then(
    pad('conv1_pad', [
      [3, 3],
      [3, 3],
    ]),
  );
  then(conv('conv1', 64 / size.thinner, { kernel_size: [7, 7], strides: [2, 2], padding: 'valid' }));
  then(bn('conv1_bn'));
  then(relu('conv1_relu'));
  then(
    pad('pool1_pad', [
      [1, 1],
      [1, 1],
    ]),
  );
  let last = then(pool('pool1_pool'));
  [
    [64, 3],
    [128, 4],
    [256, 6],
    [512, 3],
  ].forEach(([width = 0, blocks = 0], stage) => {
    for (let block = 1; block <= blocks; block++) {
      const name = `conv${stage + 2}_block${block}`;
      const filters = width / size.thinner;
      const strides = block === 1 && stage > 0 ? [2, 2] : [1, 1];
      const part = (at: number, count: number, more: JsonObject, ...from: string[]): string => {
        then(conv(`${name}_${at}_conv`, count, { kernel_size: [1, 1], ...more }), ...from);
        return then(bn(`${name}_${at}_bn`));
      };
      const shortcut = block === 1 ? part(0, 4 * filters, { strides }, last) : last;
      part(1, filters, { strides }, last);
      then(relu(`${name}_1_relu`));
      part(2, filters, { kernel_size: [3, 3] });
      then(relu(`${name}_2_relu`));
      then(layer('Add', `${name}_add`), shortcut, part(3, 4 * filters, {}));
      last = then(relu(`${name}_out`));
    }
  });
  return finished(net, size);
}

export function mobileNetV2(size: Size): Topology {
  const net = chain();
  const { then } = net;
  then(conv('Conv1', 32 / size.thinner, { ...bare, strides: [2, 2] }));
  then(bn('bn_Conv1'));
  let last = then(six('Conv1_relu'));
  let width = 32 / size.thinner;
  let at = 0;
  for (const [filters, blocks, stride, times] of [
    [16, 1, 1, 1],
    [24, 2, 2, 6],
    [32, 3, 2, 6],
    [64, 4, 2, 6],
    [96, 3, 1, 6],
    [160, 3, 2, 6],
    [320, 1, 1, 6],
  ] as const) {
    for (let block = 0; block < blocks; block++, at++) {
      const name = `block_${at}`;
      const out = filters / size.thinner;
      const halves = block === 0 && stride === 2;
      if (times > 1) {
        then(conv(`${name}_expand`, times * width, { ...bare, kernel_size: [1, 1] }), last);
        then(bn(`${name}_expand_BN`));
        then(six(`${name}_expand_relu`));
      }
      if (halves)
        then(
          pad(`${name}_pad`, [
            [0, 1],
            [0, 1],
          ]),
        );
      then(depthwise(`${name}_depthwise`, { strides: halves ? [2, 2] : [1, 1], padding: halves ? 'valid' : 'same' }));
      then(bn(`${name}_depthwise_BN`));
      then(six(`${name}_depthwise_relu`));
      then(conv(`${name}_project`, out, { ...bare, kernel_size: [1, 1] }));
      const projected = then(bn(`${name}_project_BN`));
      last = width === out && !halves && block > 0 ? then(layer('Add', `${name}_add`), last, projected) : projected;
      width = out;
    }
  }
  then(conv('Conv_1', 1280 / size.thinner, { ...bare, kernel_size: [1, 1] }), last);
  then(bn('Conv_1_bn'));
  then(six('out_relu'));
  return finished(net, size);
}

export function denseNet121(size: Size): Topology {
  const net = chain();
  const { then } = net;
  const growth = 32 / size.thinner;
  const normed = (name: string): void => {
    then(bn(`${name}_bn`));
    then(relu(`${name}_relu`));
  };
  then(
    pad('conv1_pad', [
      [3, 3],
      [3, 3],
    ]),
  );
  then(conv('conv1', 2 * growth, { ...bare, kernel_size: [7, 7], strides: [2, 2], padding: 'valid' }));
  normed('conv1');
  then(
    pad('pool1_pad', [
      [1, 1],
      [1, 1],
    ]),
  );
  let last = then(pool('pool1'));
  let width = 2 * growth;
  [6, 12, 24, 16].forEach((blocks, stage) => {
    for (let block = 1; block <= blocks; block++, width += growth) {
      const name = `conv${stage + 2}_block${block}`;
      then(bn(`${name}_0_bn`), last);
      then(relu(`${name}_0_relu`));
      then(conv(`${name}_1_conv`, 4 * growth, { ...bare, kernel_size: [1, 1] }));
      normed(`${name}_1`);
      last = then(layer('Concatenate', `${name}_concat`, { axis: -1 }), last, then(conv(`${name}_2_conv`, growth, bare)));
    }
    normed(`pool${stage + 2}`);
    if (stage === 3) return;
    then(conv(`pool${stage + 2}_conv`, (width /= 2), { ...bare, kernel_size: [1, 1] }));
    last = then(layer('AveragePooling2D', `pool${stage + 2}_pool`, { pool_size: [2, 2], strides: [2, 2] }));
  });
  return finished(net, size);
}
