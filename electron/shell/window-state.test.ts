import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryHome } from '../app/testing/temporary-home';
import { DEFAULT_SIZE, placeWindow, readWindowState, writeWindowState } from './window-state';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const state = { bounds: { x: 100, y: 50, width: 1000, height: 700 }, maximized: true };

describe('window state', () => {
  it('is kept, and forgotten where it makes no sense', () => {
    const file = join(temporaryHome(), 'window.json');
    expect(readWindowState(file)).toBeNull();
    writeWindowState(file, state);
    expect(readWindowState(file)).toEqual(state);
    for (const content of ['', '{}', '{"bounds": {"x": "left"}, "maximized": true}']) {
      writeFileSync(file, content);
      expect(readWindowState(file)).toBeNull();
    }
    writeWindowState(join(file, 'no-folder'), state);
  });

  it('puts the window where it was, unless that screen is gone', () => {
    expect(placeWindow(null, [screen])).toEqual(DEFAULT_SIZE);
    expect(placeWindow(state, [screen])).toEqual(state.bounds);
    const away = { ...state, bounds: { x: 2500, y: 50, width: 100, height: 9 } };
    expect(placeWindow(away, [screen])).toEqual({ width: 480, height: 400 });
    expect(placeWindow(away, [screen, { ...screen, x: 1920 }])).toMatchObject({ x: 2500, y: 50 });
    expect(placeWindow({ ...state, bounds: { ...state.bounds, y: -600 } }, [screen])).not.toHaveProperty('x');
  });
});
