// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { en } from '../../i18n/en';
import { describeKeys, matchesKeys } from './keys';
import { actionNames, allKeysOf } from './registry';

function press(init: KeyboardEventInit): KeyboardEvent {
  return new KeyboardEvent('keydown', init);
}

describe('shortcuts', () => {
  it('never share their keys', () => {
    const keys = actionNames.flatMap(allKeysOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('all have a name', () => {
    for (const name of actionNames) expect(en.commands[name]).toBeTruthy();
  });

  it('need exactly their modifiers', () => {
    expect(matchesKeys(press({ key: 'k', ctrlKey: true }), 'mod+k', false)).toBe(true);
    expect(matchesKeys(press({ key: 'k', metaKey: true }), 'mod+k', true)).toBe(true);
    expect(matchesKeys(press({ key: 'k', metaKey: true }), 'mod+k', false)).toBe(false);
    expect(matchesKeys(press({ key: 'K', ctrlKey: true, shiftKey: true }), 'mod+k', false)).toBe(false);
    expect(matchesKeys(press({ key: '<', code: 'Comma', ctrlKey: true }), 'mod+,', false)).toBe(true);
  });

  it('are written as the system writes them', () => {
    expect(describeKeys('mod+shift+o', false)).toBe('Ctrl Shift O');
    expect(describeKeys('mod+shift+o', true)).toBe('⌘⇧O');
  });
});
