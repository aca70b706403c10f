// What was typed into the long forms, or begun for them by another screen: kept while one looks elsewhere and over a reload, until the tab is closed.
import { z } from 'zod';

const FormDraft = z.object({
  values: z.record(z.string(), z.unknown()),
  repeats: z.number().nullable().optional(),
  teacherId: z.string().nullable().optional(),
  /** Null where the proposed one follows the settings. */
  name: z.string().nullable().optional(),
});
export type FormDraft = z.infer<typeof FormDraft>;

export class FormDrafts {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
  }

  /** Lines of another screen change those alone: what else was typed stays. */
  put(form: 'train' | 'prune', variantId: string, draft: FormDraft): void {
    const before = this.of(form, variantId);
    const merged = { ...before, ...draft, values: { ...before?.values, ...draft.values } };
    try {
      this.#storage.setItem(keyOf(form, variantId), JSON.stringify(merged));
    } catch {
      // A full storage loses the draft and nothing else.
    }
  }

  of(form: 'train' | 'prune', variantId: string): FormDraft | undefined {
    const text = this.#storage.getItem(keyOf(form, variantId));
    if (text === null) return undefined;
    try {
      return FormDraft.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }
}

function keyOf(form: string, variantId: string): string {
  return `espalier-draft-${form}-${variantId}`;
}

/**
 * The lines of a draft that a form can take: those that it has, of the kind that they have there. A number that was emptied is null.
 * Worked example: of `{ epochs: 3, sparsity: "half", gone: 1 }` over `{ epochs: 2, sparsity: 0.9 }` only `epochs` is left.
 */
export function fittingLines(values: FormDraft['values'] | undefined, usual: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter(([name, value]) => {
      const own = usual[name];
      return name in usual && (value === null || own === null || typeof own === 'boolean' || typeof value === typeof own);
    }),
  );
}
