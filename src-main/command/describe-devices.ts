// On which boards a network fits, as the command line prints it.
import { deviceNamed, devices, estimateFootprint, fitOn, type Device, type DeviceFit, type Footprint } from '#contract/devices.ts';
import { exportFormats, weightTitles } from '#contract/export-formats.ts';
import type { NetworkSummary } from '#contract/network.ts';
import type { ExportFormat, ExportWeights } from '#contract/nouns.ts';
import { didYouMean } from './closest-name.ts';
import { bytes } from './numbers-for-people.ts';
import { textTable } from './text-table.ts';
import { UsageError } from './usage-error.ts';

export interface FormatFit extends DeviceFit {
  readonly format: ExportFormat;
  readonly weights: ExportWeights;
  readonly needs: Footprint;
}

/** @throws UsageError naming the boards that there are */
export function deviceOf(word: string): Device {
  const device = deviceNamed(word);
  if (device !== undefined) return device;
  const ids = devices.map(({ id }) => id);
  throw new UsageError(`--device ${word}: there is no such board.${didYouMean(word, ids)} Known are ${ids.join(', ')}.`);
}

/** Every format and kind of weights that can run there, estimated from the network. */
export function fitInFormats(summary: NetworkSummary, device: Device): FormatFit[] {
  return (Object.keys(exportFormats) as ExportFormat[]).flatMap((format) =>
    exportFormats[format].weights.flatMap((weights) => {
      const needs = estimateFootprint(summary, format, weights);
      const fit = fitOn(device, format, needs);
      return fit.fits === null ? [] : [{ ...fit, format, weights, needs }];
    }),
  );
}

export function describeFormats(fits: readonly FormatFit[]): string {
  return textTable(
    ['format', 'weights', 'fits', '>flash', '>left', '>RAM', '>left'],
    fits.map(({ format, weights, needs, ...fit }) => [
      exportFormats[format].title,
      weightTitles[weights],
      fit.fits === true ? 'yes' : 'NO',
      bytes(needs.flashBytes),
      signed(fit.flashLeft),
      bytes(needs.ramBytes),
      signed(fit.ramLeft),
    ]),
  );
}

/** "fits on 9 of 14 boards; not on NUCLEO-F411RE (RAM 12 KB short)" */
export function describeFits(fits: readonly DeviceFit[]): string {
  const possible = fits.filter(({ fits: known }) => known !== null);
  const short = possible.filter(({ fits: known }) => known === false).map(describeShort);
  const count = possible.length - short.length;
  return `${count} of ${possible.length} boards${short.length === 0 ? '' : `; not on ${short.join(', ')}`}`;
}

function describeShort({ device, flashLeft, ramLeft }: DeviceFit): string {
  const what = [['flash', flashLeft] as const, ['RAM', ramLeft] as const].flatMap(([name, left]) =>
    left !== null && left < 0 ? [`${name} ${bytes(-left)} short`] : [],
  );
  return `${device} (${what.join(', ')})`;
}

function signed(left: number | null): string {
  return left === null ? '—' : left < 0 ? `−${bytes(-left)}` : bytes(left);
}
