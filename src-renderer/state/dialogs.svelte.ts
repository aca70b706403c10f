// Which dialog is open, if any: one at a time.
export type DialogName = 'palette' | 'keys' | 'new-project' | 'add-network' | 'rename-project' | 'rename-variant' | 'measure';

export class Dialogs {
  open = $state<DialogName | null>(null);
  /** What it is about: what is renamed or measured. */
  subject = $state<string | null>(null);

  show(name: DialogName, subject: string | null = null): void {
    this.open = name;
    this.subject = subject;
  }

  close(): void {
    this.open = null;
  }
}
