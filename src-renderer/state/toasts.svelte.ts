// Short messages that come unasked and go by themselves, unless someone is reading them.
import { StudioError } from '#contract/errors.ts';
import { withoutFlags } from '../format/without-flags.ts';

export interface Toast {
  readonly id: number;
  readonly tone: 'plain' | 'problem';
  readonly text: string;
  readonly more?: string | undefined;
  /** What was tried; trying it again takes the message away. */
  readonly about?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}
const lasts = { plain: 6000, problem: 12_000 };

export class Toasts {
  all = $state.raw<readonly Toast[]>([]);
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #lastId = 0;

  say(text: string, action?: Toast['action']): void {
    this.#add({ tone: 'plain', text, action });
  }

  /** What went wrong and what to do about it. */
  problem(thrown: unknown, about?: string): void {
    const { message, where, whatToDo } = StudioError.from(thrown);
    this.#add({
      tone: 'problem',
      text: where === undefined || message.includes(where) ? message : `${where}: ${message}`,
      more: whatToDo === undefined ? undefined : withoutFlags(whatToDo),
      about,
    });
  }

  /** Runs something that may fail; a failure becomes a message. */
  async attempt<T>(work: () => Promise<T>, about?: string): Promise<T | undefined> {
    if (about !== undefined) for (const toast of this.all) if (toast.about === about) this.dismiss(toast.id);
    try {
      return await work();
    } catch (thrown) {
      this.problem(thrown, about);
      return undefined;
    }
  }

  dismiss(id: number): void {
    this.hold(id);
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    const toast = this.all.find((one) => one.id === id);
    if (toast !== undefined && !this.#timers.has(id))
      this.#timers.set(
        id,
        setTimeout(() => this.dismiss(id), lasts[toast.tone]),
      );
  }

  #add(toast: Omit<Toast, 'id'>): void {
    const id = ++this.#lastId;
    this.all = [...this.all.slice(-3), { ...toast, id }];
    this.release(id);
  }
}
