// Small networks of every family of layers, built by tfjs-layers. Long because it is one list.
import type * as Tf from '@tensorflow/tfjs';

const tf: typeof Tf = await import('@tensorflow/tfjs');
tf.env().set('IS_TEST', true);
await tf.setBackend('cpu');

type Maker = (t: typeof Tf) => Tf.LayersModel;
const l = tf.layers;

function sequence(shape: number[], ...layers: Tf.layers.Layer[]): Tf.LayersModel {
  const input = tf.input({ shape });
  return tf.model({ inputs: input, outputs: layers.reduce<Tf.SymbolicTensor>((x, layer) => layer.apply(x) as Tf.SymbolicTensor, input) });
}

function branches(shape: number[], build: (x: Tf.SymbolicTensor) => Tf.SymbolicTensor | Tf.SymbolicTensor[]): Tf.LayersModel {
  const input = tf.input({ shape });
  return tf.model({ inputs: input, outputs: build(input) });
}

const to = (layer: Tf.layers.Layer, ...x: Tf.SymbolicTensor[]): Tf.SymbolicTensor =>
  layer.apply(x.length === 1 ? x[0]! : x) as Tf.SymbolicTensor;
const activation = (name: string): Tf.layers.Layer => l.activation({ activation: name as 'relu' });

export const networks: Readonly<Record<string, Maker>> = {
  'dense with activations': () =>
    sequence(
      [6],
      l.dense({ units: 8, activation: 'relu' }),
      l.dense({ units: 5, activation: 'tanh' }),
      l.dense({ units: 4, useBias: false, activation: 'softmax' }),
    ),
  'one tensor permuted in two ways': () =>
    branches([5, 4, 3], (x) => {
      const made = to(l.dense({ units: 3 }), x);
      const turned = [
        [2, 1, 3],
        [3, 1, 2],
      ].map((dims) => to(l.reshape({ targetShape: [60] }), to(l.permute({ dims }), made)));
      return to(l.dense({ units: 4 }), to(l.concatenate(), ...turned));
    }),
  'dense over a sequence': () => sequence([5, 3], l.dense({ units: 4, activation: 'sigmoid' }), l.flatten(), l.dense({ units: 2 })),
  'convolutions, flattened': () =>
    sequence(
      [9, 8, 2],
      l.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      l.maxPooling2d({ poolSize: 2 }),
      l.dropout({ rate: 0.5 }),
      l.conv2d({ filters: 4, kernelSize: [2, 3], padding: 'same', strides: [2, 1], useBias: false }),
      l.flatten(),
      l.dropout({ rate: 0.2 }),
      activation('tanh'),
      l.dense({ units: 3, activation: 'softmax' }),
    ),
  // Where all values around an edge are negative, the padding's zeros are the largest.
  'zeros around, then pools': () =>
    sequence(
      [6, 6, 2],
      l.conv2d({ filters: 3, kernelSize: 1, biasInitializer: tf.initializers.constant({ value: -9 }) }),
      l.zeroPadding2d({
        padding: [
          [1, 2],
          [2, 1],
        ],
      }),
      l.maxPooling2d({ poolSize: 3, strides: 2 }),
      l.conv2d({ filters: 3, kernelSize: 1, biasInitializer: tf.initializers.constant({ value: -9 }) }),
      l.zeroPadding2d({ padding: 1 }),
      l.maxPooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
      l.zeroPadding2d({ padding: 1 }),
      l.averagePooling2d({ poolSize: 2, strides: 2 }),
    ),
  'dilated and strided': () =>
    sequence(
      [11, 10, 3],
      l.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' }),
      l.conv2d({ filters: 2, kernelSize: 3, strides: 3, padding: 'same' }),
      l.conv2d({ filters: 5, kernelSize: 1, strides: 2 }),
    ),
  'depthwise and separable': () =>
    sequence(
      [8, 8, 3],
      l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', strides: 2 }),
      l.batchNormalization(),
      l.reLU({ maxValue: 6 }),
      l.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'tanh' }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 2 }),
    ),
  'transposed convolutions': () =>
    sequence(
      [4, 5, 3],
      l.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3 }),
      l.conv2dTranspose({ filters: 2, kernelSize: 4, strides: 2, padding: 'same' }),
    ),
  'one-dimensional convolutions': () =>
    sequence(
      [16, 3],
      l.conv1d({ filters: 4, kernelSize: 3, dilationRate: 2, activation: 'relu' }),
      l.maxPooling1d({ poolSize: 2, strides: 2 }),
      l.conv1d({ filters: 5, kernelSize: 3, padding: 'same' }),
      l.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.globalMaxPooling1d({}),
      l.dense({ units: 2 }),
    ),
  volumes: () =>
    sequence(
      [5, 6, 4, 2],
      l.conv3d({ filters: 3, kernelSize: 2, activation: 'relu' }),
      l.maxPooling3d({ poolSize: 2, strides: 1, padding: 'same' }),
      l.averagePooling3d({ poolSize: 2, strides: 2, padding: 'same' }),
      l.flatten(),
      l.dense({ units: 2 }),
    ),
  'pooling with padding': () =>
    sequence(
      [7, 7, 2],
      l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.globalMaxPooling2d({}),
    ),
  'padding, cropping, up-sampling': () =>
    sequence(
      [5, 4, 2],
      l.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      l.conv2d({ filters: 3, kernelSize: 2 }),
      l.cropping2D({
        cropping: [
          [1, 0],
          [2, 1],
        ],
      }),
      l.upSampling2d({ size: [2, 3] }),
      l.conv2d({ filters: 2, kernelSize: 1 }),
    ),
  'batch normalization': () =>
    sequence(
      [4, 4, 6],
      l.conv2d({ filters: 5, kernelSize: 2 }),
      l.batchNormalization({ scale: false }),
      l.batchNormalization({ center: false }),
      l.flatten(),
      l.batchNormalization({ epsilon: 1e-5 }),
      l.dense({ units: 2 }),
    ),
  'layer normalization': () =>
    sequence(
      [4, 4, 6],
      l.conv2d({ filters: 5, kernelSize: 2 }),
      l.layerNormalization(),
      l.conv2d({ filters: 5, kernelSize: 2 }),
      l.layerNormalization({ axis: [1, 2, 3], center: false }),
    ),
  'activations of every kind': () =>
    branches([6], (x) =>
      to(
        l.concatenate(),
        ...[
          'relu',
          'relu6',
          'sigmoid',
          'tanh',
          'elu',
          'selu',
          'softplus',
          'softsign',
          'swish',
          'gelu',
          'hardSigmoid',
          'mish',
          'linear',
          'softmax',
        ].map((name) => to(activation(name), to(l.dense({ units: 3 }), x))),
      ),
    ),
  'activation layers': () =>
    branches([4, 4, 3], (x) =>
      to(
        l.concatenate(),
        ...[
          l.leakyReLU({ alpha: 0.2 }),
          l.prelu({ sharedAxes: [1, 2] }),
          l.prelu(),
          l.elu({ alpha: 1 }),
          l.thresholdedReLU({ theta: 0.3 }),
          l.softmax({ axis: -1 }),
          l.reLU({ maxValue: 0.5 }),
        ].map((layer) => to(layer, to(l.conv2d({ filters: 3, kernelSize: 2 }), x))),
      ),
    ),
  'a residual block': () =>
    branches([6, 6, 4], (x) => {
      const inner = to(l.batchNormalization(), to(l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false }), x));
      const sum = to(activation('relu'), to(l.add(), inner, x));
      return to(l.dense({ units: 3 }), to(l.flatten(), sum));
    }),
  'squeeze and excitation': () =>
    branches([6, 6, 4], (x) => {
      const maps = to(l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }), x);
      const weights = to(l.dense({ units: 4, activation: 'sigmoid' }), to(l.globalAveragePooling2d({}), maps));
      return to(l.multiply(), maps, to(l.reshape({ targetShape: [1, 1, 4] }), weights));
    }),
  merging: () =>
    branches([6], (x) => {
      const [a, b, c] = [1, 2, 3].map(() => to(l.dense({ units: 4 }), x)) as [Tf.SymbolicTensor, Tf.SymbolicTensor, Tf.SymbolicTensor];
      return to(
        l.concatenate(),
        to(l.add(), a, b, c),
        to(l.average(), a, b, c),
        to(l.maximum(), a, b),
        to(l.minimum(), b, c),
        to(l.multiply(), a, b, c),
        to(l.add(), a, c),
      );
    }),
  'concatenation of maps': () =>
    branches([5, 5, 2], (x) => {
      const [a, b] = [to(l.conv2d({ filters: 3, kernelSize: 1 }), x), to(l.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }), x)];
      return to(
        l.conv2d({ filters: 2, kernelSize: 2 }),
        to(l.concatenate({ axis: 1 }), to(l.concatenate(), a, b), to(l.concatenate(), b, a)),
      );
    }),
  'reshaping and permuting': () =>
    sequence(
      [4, 3, 2],
      l.conv2d({ filters: 6, kernelSize: 1 }),
      l.permute({ dims: [3, 1, 2] }),
      l.reshape({ targetShape: [8, 9] }),
      l.permute({ dims: [2, 1] }),
      l.dense({ units: 3 }),
      l.flatten(),
      l.repeatVector({ n: 2 }),
    ),
  'recurrent layers': () =>
    branches([7, 3], (x) => {
      const a = to(l.lstm({ units: 4, returnSequences: true }), x);
      const b = to(l.gru({ units: 3, returnSequences: true, recurrentActivation: 'sigmoid' }), a);
      const c = to(l.simpleRNN({ units: 3, activation: 'relu', returnSequences: true, useBias: false }), b);
      return to(
        l.concatenate(),
        to(l.lstm({ units: 2, goBackwards: true }), c),
        to(l.gru({ units: 2 }), c),
        to(l.simpleRNN({ units: 2 }), c),
      );
    }),
  'an embedding': () => sequence([5], l.embedding({ inputDim: 4, outputDim: 3 }), l.globalAveragePooling1d({}), l.dense({ units: 2 })),
  'two inputs, two outputs, a nested model and a shared layer': () => {
    const [a, b] = [tf.input({ shape: [4], name: 'left' }), tf.input({ shape: [4], name: 'right' })];
    const inner = tf.sequential({ layers: [l.dense({ units: 3, inputShape: [4], activation: 'relu' }), l.dense({ units: 2 })] });
    const shared = l.dense({ units: 2 });
    const joined = to(l.concatenate(), inner.apply(a) as Tf.SymbolicTensor, to(shared, a), to(shared, b));
    return tf.model({
      inputs: [a, b],
      outputs: [to(l.dense({ units: 2, name: 'first' }), joined), to(l.dense({ units: 1, name: 'second' }), joined)],
    });
  },
};
