// Which samples of a test split each variant got right, as last evaluated.
import type { Connection } from './open-connection.ts';

export interface KeptAnswers {
  /** The artifact of the dataset. */
  readonly dataset: string;
  readonly samples: number;
  readonly rightAnswers: string;
}
export type AnswerRows = ReturnType<typeof answerRows>;

export function answerRows(db: Connection) {
  const replace = db.prepare('INSERT OR REPLACE INTO answers (variantId, dataset, samples, rightAnswers) VALUES (?, ?, ?, ?)');
  const find = db.prepare<[string], KeptAnswers>('SELECT dataset, samples, rightAnswers FROM answers WHERE variantId = ?');
  return {
    keep: (variantId: string, { dataset, samples, rightAnswers }: KeptAnswers): void =>
      void replace.run(variantId, dataset, samples, rightAnswers),
    of: (variantId: string): KeptAnswers | undefined => find.get(variantId),
  };
}
