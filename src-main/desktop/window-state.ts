// Remembers the window's place and size between starts; a lost or damaged note means the default.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { BrowserWindow, Rectangle } from 'electron';
import { z } from 'zod';

const State = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(400),
  height: z.int().min(300),
  maximised: z.boolean(),
});
type State = z.infer<typeof State>;
const DEFAULT: State = { width: 1280, height: 800, maximised: false };

export interface WindowState {
  read(): { x?: number; y?: number; width: number; height: number; maximised: boolean };
  follow(window: BrowserWindow): void;
}

/** `isVisible` says whether a rectangle lies on a display that is there now. */
export function windowState(file: string, isVisible: (bounds: Rectangle) => boolean): WindowState {
  return {
    read() {
      const { x, y, ...size } = readState(file);
      return x !== undefined && y !== undefined && isVisible({ x, y, width: size.width, height: size.height }) ? { x, y, ...size } : size;
    },
    follow(window) {
      window.on('close', () => {
        const { x, y, width, height } = window.getNormalBounds();
        writeFileSync(`${file}.new`, JSON.stringify({ x, y, width, height, maximised: window.isMaximized() } satisfies State));
        renameSync(`${file}.new`, file);
      });
    },
  };
}

function readState(file: string): State {
  try {
    return State.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return DEFAULT;
  }
}
