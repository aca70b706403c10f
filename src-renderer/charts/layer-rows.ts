// Layers of a baseline and of variants side by side, aligned by name: what was kept, and where the work and the bytes went.
import type { LayerSummary } from '#contract/network.ts';

export type LayerVariant = { readonly id: string; readonly name: string; readonly color: string; readonly layers: readonly LayerSummary[] };
/** Parts of the baseline's whole (0 to 1; a variant can exceed its baseline, never its own scale) and what was kept. */
export type LayerPart = {
  readonly kept: string;
  /** Channels kept, or non-zero weights where all channels stayed, of the baseline's; null where the layer is gone or new. */
  readonly keptShare: number | null;
  readonly macs: number | null;
  readonly bytes: number | null;
};
export type LayerRow = { readonly name: string; readonly type: string; readonly before: LayerPart; readonly after: readonly LayerPart[] };

const thin = '\u202f';

/**
 * One row a layer that has weights or work, the baseline's order first, then layers that only variants have. Shares are of the
 * baseline's total, so that bars of one column can be compared down and across. Bytes are float32: 4 a parameter.
 * "64 → 41" where channels went; "12 k of 235 k" non-zero weights where they stayed and weights were zeroed.
 */
export function layerRows(baseline: LayerVariant, variants: readonly LayerVariant[]): LayerRow[] {
  const macs = total(baseline.layers, 'macs');
  const parameters = total(baseline.layers, 'parameters');
  const byName = variants.map((variant) => new Map(variant.layers.map((layer) => [layer.name, layer])));
  const before = new Map(baseline.layers.map((layer) => [layer.name, layer]));
  const names = [
    ...new Set(
      [...baseline.layers, ...variants.flatMap((variant) => variant.layers)]
        .filter((layer) => layer.parameters > 0 || layer.macs > 0)
        .map((layer) => layer.name),
    ),
  ];
  const part = (layer: LayerSummary | undefined, base: LayerSummary | undefined): LayerPart =>
    layer === undefined
      ? { kept: base === undefined ? '—' : 'removed', keptShare: null, macs: null, bytes: null }
      : { ...keptOf(layer, base), macs: macs > 0 ? layer.macs / macs : null, bytes: parameters > 0 ? layer.parameters / parameters : null };
  return names.map((name) => {
    const base = before.get(name);
    const layers = byName.map((map) => map.get(name));
    return {
      name,
      type: (base ?? layers.find((layer) => layer !== undefined))?.type ?? '',
      before: part(base, base),
      after: layers.map((layer) => part(layer, base)),
    };
  });
}

function keptOf(layer: LayerSummary, base: LayerSummary | undefined): { kept: string; keptShare: number | null } {
  const own = layer.channels ?? layer.outputShape.at(-1) ?? null;
  const whole = base?.channels ?? base?.outputShape.at(-1) ?? null;
  if (base === undefined) return { kept: own === null ? 'new' : `new, ${own}`, keptShare: null };
  if (own !== null && whole !== null && own !== whole) return { kept: `${whole} → ${own}`, keptShare: own / whole };
  if (base.nonzero > 0 && layer !== base && layer.nonzero < base.nonzero && layer.parameters === base.parameters) {
    const share = layer.nonzero / base.nonzero;
    return { kept: `${own ?? ''} · ${Number((share * 100).toPrecision(3))}${thin}% weights`.replace(/^ · /, ''), keptShare: share };
  }
  return { kept: own === null ? 'all' : String(own), keptShare: 1 };
}

function total(layers: readonly LayerSummary[], key: 'macs' | 'parameters'): number {
  return layers.reduce((sum, layer) => sum + layer[key], 0);
}
