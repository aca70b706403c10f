// Which variants are chosen, and which one the pointer is on: the same in every view.
import { SvelteSet } from 'svelte/reactivity';

export class Selection {
  readonly ids = new SvelteSet<string>();
  hovered = $state<string | null>(null);

  has(id: string): boolean {
    return this.ids.has(id);
  }

  toggle(id: string): void {
    if (!this.ids.delete(id)) this.ids.add(id);
  }

  /** These and no others. */
  only(ids: Iterable<string>): void {
    const wanted = new Set(ids);
    for (const id of [...this.ids]) if (!wanted.has(id)) this.ids.delete(id);
    for (const id of wanted) this.ids.add(id);
  }

  clear(): void {
    this.ids.clear();
  }

  /** As lists do: a plain click chooses one, with Ctrl, ⌘ or Shift it adds or takes away. */
  click(id: string, event: { readonly ctrlKey: boolean; readonly metaKey: boolean; readonly shiftKey: boolean }): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) this.toggle(id);
    else this.only([id]);
  }
}
