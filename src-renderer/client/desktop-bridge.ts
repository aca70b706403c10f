// What the window's preload offers the page; absent in a browser tab.

export interface DesktopBridge {
  readonly door: 'window';
  /** Asks for a line to the studio; it arrives as a `message` event with the data `espalier-port` and one port. */
  connect(): void;
  /** Handles of files that were dropped on the page, in their order. */
  registerFiles(files: readonly File[]): Promise<readonly string[]>;
  /** The system's dialog; a handle, or null when the user closed it. */
  chooseOpen(kind: 'file' | 'folder'): Promise<string | null>;
  chooseSave(name: string): Promise<string | null>;
}

declare global {
  interface Window {
    readonly espalier?: DesktopBridge;
  }
}

/** Undefined in a browser tab. */
export function desktopBridge(): DesktopBridge | undefined {
  return window.espalier?.door === 'window' ? window.espalier : undefined;
}
