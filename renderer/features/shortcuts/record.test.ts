// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { actionNames, actionOf, KEYS_PATTERN, keysFor } from '../../../electron/contract/shortcuts';
import { ownerOf, rebind, record } from './record';

const press = (init: KeyboardEventInit) => record(new KeyboardEvent('keydown', init), false);

describe('record', () => {
  it('takes combinations that no text needs', () => {
    expect(press({ key: 'j', code: 'KeyJ', ctrlKey: true })).toEqual({ kind: 'keys', keys: 'mod+j' });
    expect(press({ key: ' ', code: 'Space', altKey: true })).toEqual({ kind: 'keys', keys: 'alt+space' });
    expect(press({ key: 'F9', code: 'F9' })).toEqual({ kind: 'keys', keys: 'f9' });
    expect(press({ key: '!', code: 'Digit1', ctrlKey: true, shiftKey: true })).toEqual({
      kind: 'keys',
      keys: 'mod+shift+1',
    });
    // A French keyboard has its A where a US one has Q.
    expect(press({ key: 'e', code: 'KeyD', ctrlKey: true })).toEqual({ kind: 'keys', keys: 'mod+e' });
  });

  it('waits for the key after modifiers, and knows how to end', () => {
    expect(press({ key: 'Control', ctrlKey: true })).toEqual({ kind: 'more' });
    expect(press({ key: 'Escape' })).toEqual({ kind: 'cancel' });
    expect(press({ key: 'Backspace' })).toEqual({ kind: 'none' });
  });

  it.each([
    [{ key: 'j', code: 'KeyJ' }, 'needsModifier'],
    [{ key: 'J', code: 'KeyJ', shiftKey: true }, 'needsModifier'],
    [{ key: 'c', code: 'KeyC', ctrlKey: true }, 'reserved'],
    [{ key: 'F4', code: 'F4', altKey: true }, 'reserved'],
    [{ key: 'MediaPlayPause', code: 'MediaPlayPause', ctrlKey: true }, 'unknown'],
    [{ key: 'Escape', code: 'Escape', ctrlKey: true }, 'unknown'],
  ] as const)('refuses %j: %s', (init, reason) => {
    expect(press(init)).toMatchObject({ kind: 'refused', reason });
  });
});

describe('rebind', () => {
  it('takes the keys away from whoever had them', () => {
    expect(ownerOf('mod+b', 'pin', {})).toBe('toggleSidebar');
    const chosen = rebind({}, 'pin', 'mod+b');
    expect(chosen).toEqual({ pin: 'mod+b', toggleSidebar: '' });
    expect(keysFor('toggleSidebar', chosen)).toEqual([]);
    expect(ownerOf('mod+b', 'pin', chosen)).toBeUndefined();
  });

  it('leaves an action that has two its other one', () => {
    expect(rebind({}, 'pin', 'mod+n')).toEqual({ pin: 'mod+n', newChat: 'mod+shift+o' });
  });

  it('gives defaults back, also from one that took them meanwhile', () => {
    expect(rebind({ pin: 'mod+b', toggleSidebar: '' }, 'toggleSidebar', null)).toEqual({ pin: '' });
    expect(rebind({ pin: 'f7' }, 'pin', null)).toEqual({});
    expect(rebind({ pin: 'f7' }, 'pin', '')).toEqual({ pin: '' });
  });

  it('never changes what is fixed', () => {
    expect(keysFor('stop', { stop: 'f7' })).toEqual(['escape']);
  });
});

describe('defaults', () => {
  it('are all well written', () => {
    const keys = actionNames.flatMap((name) => keysFor(name, {}));
    for (const combination of keys) expect(combination).toMatch(KEYS_PATTERN);
    expect(actionNames.filter((name) => actionOf(name).global)).toEqual(['quickAsk', 'talk']);
  });
});
