// A layer whose channels come first, as the same layer with channels last between two Permutes: what all that is behind the readers computes alike.
import type { JsonObject, LayerConfig } from '#network/model-artifact.ts';
import type { Expansion } from './expand-layers.ts';

/** How many axes a class works along; undefined for classes without channels. */
function spatialAxes(className: string): number | undefined {
  if (className === 'Resizing' || className === 'CenterCrop') return 2;
  const axes = /^(?:Conv|Depthwise|Separable|MaxPooling|AveragePooling|Global|ZeroPadding|Cropping|UpSampling|SpatialDropout)\w*?([123])D/;
  const found = axes.exec(className)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Undefined where its channels are last already. */
export function channelsLast({ class_name: className, config }: LayerConfig): Expansion | undefined {
  const axes = spatialAxes(className);
  if (axes === undefined || config['data_format'] !== 'channels_first') return undefined;
  const permute = (...dims: number[]) => ({ className: 'Permute', config: { dims } satisfies JsonObject });
  const spatial = Array.from({ length: axes }, (_, axis) => axis + 1);
  const flat = className.startsWith('Global') && config['keepdims'] !== true;
  return {
    before: [permute(...spatial.map((axis) => axis + 1), 1)],
    layer: { className, config: { ...config, data_format: 'channels_last' } },
    after: flat ? [] : [permute(axes + 1, ...spatial)],
  };
}
