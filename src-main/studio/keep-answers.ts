// Right answers by sample, taken out of an engine's result before it is shown: kept for paired tests, and one test made of them at once.
import type { EngineResult } from '#contract/engine-messages.ts';
import type { Job } from '#contract/nouns.ts';
import { mcnemar, type PairedTest } from '#contract/paired-answers.ts';
import { datasetOf } from './engine-task.ts';
import type { StudioParts } from './studio-parts.ts';

export interface FoundAnswers {
  /** The result without them. */
  readonly result: EngineResult;
  /** The pruned network against the one it was pruned from; null for other work and without data. */
  readonly paired: PairedTest | null;
  /** To be called in the transaction that ends the job. */
  keep(madeVariantId: string | null): void;
}

export function takeAnswers({ store }: StudioParts, { order }: Job, result: EngineResult): FoundAnswers {
  const dataset = 'datasetId' in order && order.datasetId !== null ? datasetOf(store, order.datasetId).artifact : null;
  const put = (variantId: string | null, right: string | undefined, samples: number): void => {
    if (variantId !== null && right !== undefined && dataset !== null)
      store.answers.keep(variantId, { dataset, samples, rightAnswers: right });
  };
  switch (result.kind) {
    case 'evaluate': {
      const { right, ...rest } = result;
      return { result: rest, paired: null, keep: () => put(order.variantId, right, rest.samples) };
    }
    case 'train': {
      const { right, ...evaluation } = result.evaluation;
      return { result: { ...result, evaluation }, paired: null, keep: (made) => put(made, right, evaluation.samples) };
    }
    case 'prune': {
      const { right: before, ...source } = result.before;
      const { right: _, ...pruned } = result.pruned;
      const { right, ...evaluation } = result.evaluation ?? { samples: 0, right: undefined };
      const { samples } = evaluation;
      return {
        result: { ...result, before: source, pruned, evaluation: 'loss' in evaluation ? evaluation : null },
        paired: before === undefined || right === undefined ? null : mcnemar(before, right, samples),
        keep(made) {
          put(made, right, samples);
          put(order.variantId, before, samples);
        },
      };
    }
    default:
      return { result, paired: null, keep: () => undefined };
  }
}
