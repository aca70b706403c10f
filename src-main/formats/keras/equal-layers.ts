// Layers that are another one under a name of their own, said as that one.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isObject } from '../containers/json.ts';

export interface NamedLayer {
  readonly className: string;
  readonly config: JsonObject;
}

const aliases: Readonly<Record<string, string>> = {
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  Convolution3D: 'Conv3D',
  Convolution2DTranspose: 'Conv2DTranspose',
  Convolution3DTranspose: 'Conv3DTranspose',
  SeparableConvolution1D: 'SeparableConv1D',
  SeparableConvolution2D: 'SeparableConv2D',
  MaxPool1D: 'MaxPooling1D',
  MaxPool2D: 'MaxPooling2D',
  MaxPool3D: 'MaxPooling3D',
  AvgPool1D: 'AveragePooling1D',
  AvgPool2D: 'AveragePooling2D',
  AvgPool3D: 'AveragePooling3D',
  GlobalAvgPool1D: 'GlobalAveragePooling1D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  GlobalMaxPool1D: 'GlobalMaxPooling1D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  LSTMV2: 'LSTM',
  GRUV2: 'GRU',
};

const loops: Readonly<Record<string, string>> = { LSTMCell: 'LSTM', GRUCell: 'GRU', SimpleRNNCell: 'SimpleRNN' };

/** They do nothing at inference, and what they add to training (an augmentation, a penalty on activations) is the training's matter. */
const inactive = new Set([
  'Identity',
  'ActivityRegularization',
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomTranslation',
  'RandomContrast',
  'RandomBrightness',
  'RandomShear',
  'RandomHue',
  'RandomSaturation',
  'RandomSharpness',
  'RandomColorJitter',
  'RandomColorDegeneration',
  'RandomGrayscale',
  'RandomGaussianBlur',
  'RandomPosterization',
  'RandomInvert',
  'RandomErasing',
  'RandomPerspective',
  'RandomElasticTransform',
  'RandAugment',
  'AugMix',
  'MixUp',
  'CutMix',
]);
/** The same layer as Espalier knows it: a RandomFlip is a linear activation, a StochasticDepth a dropout of whole samples. */
export function equalLayer(className: string, config: JsonObject): NamedLayer {
  const shared = kept(config, 'name', 'trainable', 'dtype', 'batch_input_shape', 'batch_shape');
  if (inactive.has(className)) return { className: 'Activation', config: { ...shared, activation: 'linear' } };
  if (className === 'StochasticDepth') {
    return { className: 'Dropout', config: { ...shared, rate: config.drop_path_rate ?? 0, noise_shape: [null, 1, 1, 1] } };
  }
  if (className === 'ReLU' && isSet(config.negative_slope) && !isSet(config.threshold) && (config.max_value ?? null) === null) {
    return { className: 'LeakyReLU', config: { ...shared, alpha: config.negative_slope! } };
  }
  // A loop over one of Keras's own cells is the layer of that cell.
  if (className === 'RNN' && isObject(config.cell) && isObject(config.cell.config)) {
    const { class_name: cell, config: own } = config.cell;
    const whole = typeof cell === 'string' && Object.hasOwn(loops, cell) ? loops[cell] : undefined;
    const { cell: _, ...around } = config;
    if (whole !== undefined) return { className: whole, config: { ...own, ...around } };
  }
  if (className === 'LeakyReLU' && config.negative_slope !== undefined) {
    return { className, config: { ...shared, alpha: config.negative_slope } };
  }
  return { className: aliases[className] ?? className, config };
}

function kept(config: JsonObject, ...keys: string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]] as const])));
}

function isSet(value: Json | undefined): boolean {
  return typeof value === 'number' && value !== 0;
}
