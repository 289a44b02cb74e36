import { describe, expect, it } from 'vitest';
import type { RequestHandlers } from '../contract/api';
import { defaultSettings } from '../contract/settings';
import { dispatch } from './dispatch';

const calls: unknown[] = [];
const handlers = new Proxy({} as RequestHandlers, {
  get:
    (_target, name) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return 'answer';
    },
});

const turn = {
  kind: 'send',
  conversationId: null,
  parentId: null,
  text: 'x',
  attachments: [],
  thinking: true,
};

async function problem(name: unknown, args: unknown): Promise<unknown> {
  return dispatch(handlers, name, args).then(
    () => 'accepted',
    (error: { code: string; details?: { field?: string } }) => [error.code, error.details?.field],
  );
}

describe('dispatch', () => {
  it('calls the handler with checked arguments, without what nobody asked for', async () => {
    calls.length = 0;
    expect(await dispatch(handlers, 'turns.start', [{ ...turn, surprise: 1 }])).toBe('answer');
    expect(calls).toEqual([['turns.start', turn]]);
  });

  it('takes a message of 5 MB', async () => {
    expect(await problem('turns.start', [{ ...turn, text: '图'.repeat(5_000_000) }])).toBe('accepted');
  });

  it('changes only the settings that are named', async () => {
    calls.length = 0;
    await dispatch(handlers, 'settings.update', [{ theme: 'dark', unknown: 1 }]);
    expect(calls).toEqual([['settings.update', { theme: 'dark' }]]);
    await dispatch(handlers, 'settings.update', [defaultSettings]);
    expect(calls[1]).toEqual(['settings.update', defaultSettings]);
  });

  it.each([
    ['no.such.request', [], 'name'],
    ['constructor', [], 'name'],
    ['__proto__', [], 'name'],
    [5, [], 'name'],
    [undefined, [], 'name'],
    ['app.info', ['surplus'], 'arguments'],
    ['app.info', null, 'arguments'],
    ['app.info', { length: 0 }, 'arguments'],
    ['conversations.get', [], 'arguments'],
    ['conversations.get', [''], 'id'],
    ['conversations.get', [{ toString: 'x' }], 'id'],
    ['conversations.delete', [['a', 5]], 'ids.1'],
    ['conversations.update', ['a', { title: 'x'.repeat(501) }], 'change.title'],
    [
      'conversations.update',
      ['a', { options: { sampling: { temperature: 3 } } }],
      'change.options.sampling.temperature',
    ],
    ['turns.start', [{ ...turn, text: 5 }], 'turn.text'],
    ['turns.start', [{ ...turn, text: 'x'.repeat(8_000_001) }], 'turn.text'],
    ['turns.start', [{ ...turn, kind: 'sendd' }], 'turn.kind'],
    [
      'turns.start',
      [
        {
          ...turn,
          attachments: [{ sha256: '../../etc/passwd', kind: 'image', mediaType: '', name: '', bytes: 1 }],
        },
      ],
      'turn.attachments.0.sha256',
    ],
    ['settings.update', [{ fontSize: 400 }], 'change.fontSize'],
    ['settings.update', ['dark'], 'change'],
  ])('refuses %j with %j and names the field', async (name, args, field) => {
    expect(await problem(name, args)).toEqual(['invalid-request', field]);
  });
});
