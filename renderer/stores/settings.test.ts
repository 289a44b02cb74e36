// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { defaultSettings } from '../../electron/contract/settings';
import { initialSettings } from './initial-settings';

it('begins with the defaults of the contract', () => {
  expect(initialSettings).toEqual(defaultSettings);
});
