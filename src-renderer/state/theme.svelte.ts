// Light, dark or as the system says; kept in the browser's own storage.
export const themes = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themes)[number];
const key = 'espalier.theme';

export class Theme {
  choice = $state<ThemeChoice>('system');

  constructor() {
    this.set(themes.find((name) => name === stored()) ?? 'system');
  }

  set(choice: ThemeChoice): void {
    this.choice = choice;
    if (choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice;
    try {
      localStorage.setItem(key, choice);
    } catch {
      /* storage may be switched off; the choice then lasts as long as the page */
    }
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
