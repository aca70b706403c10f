// From what each layer alone costs to plans for all of them: the order in which layers are best pruned, cheapest weights first.
import type { LayerSensitivity } from '#contract/sensitivity.ts';

/** Raises one layer's sparsity; the gain and the cost are those of the step from the layer's sparsity before. */
export interface PathStep {
  readonly layer: number;
  readonly sparsity: number;
  /** Weights that go. */
  readonly gain: number;
  /** Loss that it adds, were layers independent. */
  readonly cost: number;
}

/**
 * The steps in falling order of weights removed for each unit of loss. Of a layer's points only those on the lower hull of loss over
 * weights are stepped on, so each layer's own steps come in rising order of sparsity, and any beginning of the path is a plan: the best for its
 * loss among all choices of points, if losses add up (the greedy solution of the multiple-choice knapsack; Sinha and Zoltners 1979).
 * A loss that falls as more is removed is noise and counts as none.
 *
 * Worked example, baseline loss 1: layer 0 of 100 weights has loss 1.0 at 0.5 and 1.4 at 0.9, layer 1 of 10 has 1.1 at 0.5 and 1.1 at 0.9.
 * Steps: layer 0 to 0.5 (50 weights, free), layer 0 to 0.9 (40 for 0.4: 100 a unit), layer 1 to 0.9 (9 for 0.1: 90 a unit; its point
 * 0.5 costs as much for less and is passed over).
 */
export function sensitivityPath(layers: readonly LayerSensitivity[], baselineLoss: number): readonly PathStep[] {
  return layers
    .flatMap((layer, index) => hullSteps(layer, index, baselineLoss))
    .sort((one, other) => slope(other) - slope(one) || one.layer - other.layer || one.sparsity - other.sparsity);
}

/** By layer, the sparsity after the first `steps` steps; 0 for a layer that none of them raises. */
export function sparsitiesAfter(path: readonly PathStep[], steps: number, layers: number): readonly number[] {
  const reached = new Array<number>(layers).fill(0);
  for (const { layer, sparsity } of path.slice(0, steps)) reached[layer] = sparsity;
  return reached;
}

/**
 * The most steps of `0 … most` for which `holds` is true, by bisection: it takes it as given that once it fails it goes on failing.
 * At most ⌈log2(most + 1)⌉ questions; of 55 steps, six.
 */
export async function mostThatHold(most: number, holds: (steps: number) => Promise<boolean>): Promise<number> {
  let [good, bad] = [0, most + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

function slope({ gain, cost }: PathStep): number {
  return cost === 0 ? Infinity : gain / cost;
}

function hullSteps({ total, weights, points }: LayerSensitivity, layer: number, baselineLoss: number): PathStep[] {
  const hull: PathStep[] = [];
  let at = { weights: 0, loss: baselineLoss };
  for (const { sparsity, removed, loss } of points) {
    const next = { weights: Math.round((removed / total) * weights), loss: Math.max(at.loss, finite(loss)) };
    let step = { layer, sparsity, gain: next.weights - at.weights, cost: next.loss - at.loss };
    at = next;
    if (step.gain === 0) continue;
    // A step that is no worse value than the one before it swallows that one.
    for (let last = hull.at(-1); last !== undefined && slope(last) <= slope(step); last = hull.at(-1)) {
      hull.pop();
      step = { ...step, gain: step.gain + last.gain, cost: step.cost + last.cost };
    }
    hull.push(step);
  }
  return hull;
}

function finite(loss: number): number {
  return Number.isFinite(loss) ? loss : Number.MAX_VALUE;
}
