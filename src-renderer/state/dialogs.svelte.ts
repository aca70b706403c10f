// Which dialog is open, if any: one at a time.
export type DialogName = 'palette' | 'keys' | 'new-project' | 'add-network' | 'rename-project' | 'rename-variant';

export class Dialogs {
  open = $state<DialogName | null>(null);
  /** What is renamed. */
  subject = $state<string | null>(null);

  show(name: DialogName, subject: string | null = null): void {
    this.open = name;
    this.subject = subject;
  }

  close(): void {
    this.open = null;
  }
}
