// What the charts of a sensitivity study draw: a row a layer, the most harmed first, and all numbers as a table.
import type { LayerSensitivity, Sensitivity, SensitivityPlan, SensitivityPoint } from '#contract/sensitivity.ts';
import type { Table } from './csv.ts';

export type StudyShown = Pick<Sensitivity, 'baseline' | 'layers' | 'settings'>;

/** What a drawing of a study is told. */
export interface StudyProps {
  study: StudyShown;
  /** Its sparsities are framed. */
  plan: SensitivityPlan | null;
  /** The layer that is pointed at, here or in another chart. */
  pointed: string | null;
  onPoint: (layer: string | null) => void;
}

/** The sparsity that a plan gives each layer. */
export function sparsityByLayer(plan: SensitivityPlan | null): ReadonlyMap<string, number> {
  return new Map(plan?.layers.map(({ pattern, sparsity }) => [pattern, sparsity]));
}

export interface SensitivityRow extends LayerSensitivity {
  /** Mean accuracy lost over the sparsities tried, at least 0. */
  readonly harm: number;
}

/** Ties keep the order of the layers. */
export function sensitivityRows({ layers, baseline }: Pick<StudyShown, 'baseline' | 'layers'>): readonly SensitivityRow[] {
  return layers
    .map((layer) => {
      const lost = layer.points.reduce((sum, { accuracy }) => sum + Math.max(0, baseline.accuracy - accuracy), 0);
      return { ...layer, harm: lost / Math.max(1, layer.points.length) };
    })
    .sort((one, other) => other.harm - one.harm);
}

/** The largest loss of accuracy of all points, which the strongest colour stands for. */
export function worstLoss({ layers, baseline }: Pick<StudyShown, 'baseline' | 'layers'>): number {
  return Math.max(0, ...layers.flatMap(({ points }) => points.map(({ accuracy }) => baseline.accuracy - accuracy)));
}

/** 0 to 1; by the square root, so that one point shows beside eighty. */
export function harmStrength(accuracy: number, baseline: number, worst: number): number {
  return worst <= 0 ? 0 : Math.sqrt(Math.max(0, baseline - accuracy) / worst);
}

/** "−0.4", "−87", "+0.1", "0": points of accuracy for a small cell, two figures below ten. */
export function cellText(accuracy: number, baseline: number): string {
  const points = (accuracy - baseline) * 100;
  const text = Math.abs(points) >= 9.95 ? Math.abs(points).toFixed(0) : Math.abs(points).toFixed(1);
  return Number(text) === 0 ? '0' : `${points < 0 ? '\u2212' : '+'}${text}`;
}

export function sensitivityTable(study: StudyShown): Table {
  return {
    columns: ['layer', 'sparsity', `${things[study.settings.granularity]} removed`, 'of', 'accuracy', 'change of accuracy', 'loss'],
    rows: sensitivityRows(study).flatMap(({ name, total, points }) =>
      points.map(({ sparsity, removed, accuracy, loss }: SensitivityPoint) => [
        name,
        sparsity,
        removed,
        total,
        accuracy,
        accuracy - study.baseline.accuracy,
        loss,
      ]),
    ),
  };
}

export const things = { weight: 'weights', neuron: 'neurons', filter: 'filters' } as const;
