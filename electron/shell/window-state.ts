import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const WindowStateSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowStateSchema>;

export const MIN_WIDTH = 480;
export const MIN_HEIGHT = 400;
export const DEFAULT_SIZE = { width: 1100, height: 760 };

/** Null for the first start and for a file that makes no sense: a window's place is not worth a message. */
export function readWindowState(file: string): WindowState | null {
  try {
    return WindowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    // As above.
  }
}

/** The window where it was, if enough of its title bar to grab lies on a screen that is still there; else only its size. */
export function placeWindow(
  state: WindowState | null,
  screens: readonly Rectangle[],
): Partial<Rectangle> & Pick<Rectangle, 'width' | 'height'> {
  if (!state) return DEFAULT_SIZE;
  const width = Math.max(MIN_WIDTH, state.bounds.width);
  const height = Math.max(MIN_HEIGHT, state.bounds.height);
  const { x, y } = state.bounds;
  const visible = screens.some((screen) => {
    const across = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
    return across >= 100 && y >= screen.y && y <= screen.y + screen.height - 50;
  });
  return visible ? { x, y, width, height } : { width, height };
}
