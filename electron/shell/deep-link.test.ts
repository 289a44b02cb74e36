import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_CHANNEL } from './channels';
import { linksIn, parseDeepLink } from './deep-link';
import type { FakeWebContents } from './testing/fake-electron';
import { run, Window } from './testing/run-main';

describe('parseDeepLink', () => {
  it.each([
    ['autoglm://new', { kind: 'new', text: '' }],
    ['autoglm://new/', { kind: 'new', text: '' }],
    ['autoglm://new?text=384%20%2B%20729', { kind: 'new', text: '384 + 729' }],
    ['autoglm://new?text=%E4%BD%A0%E5%A5%BD%0A%F0%9F%91%8B', { kind: 'new', text: '你好\n👋' }],
    ['autoglm://new/?text=a%0D%0Ab', { kind: 'new', text: 'a\nb' }],
    ['autoglm://conversation/3f2a-11_B', { kind: 'conversation', id: '3f2a-11_B' }],
    ['autoglm://settings', { kind: 'settings', section: 'general' }],
    ['autoglm://settings/shortcuts', { kind: 'settings', section: 'shortcuts' }],
  ])('reads %s', (link, expected) => {
    expect(parseDeepLink(link)).toEqual(expected);
  });

  it.each([
    '',
    'autoglm',
    'autoglm:new',
    'autoglm:///new',
    'https://new?text=a',
    'autoglm-evil://new',
    'autoglm://run?text=rm',
    'autoglm://new?text=a&send=1',
    'autoglm://new?text=a&text=b',
    'autoglm://new?send=1',
    'autoglm://new/now?text=a',
    'autoglm://new?text=a#b',
    'autoglm://user@new?text=a',
    'autoglm://new:80?text=a',
    'autoglm://conversation',
    'autoglm://conversation/..%2F..%2Fetc',
    'autoglm://conversation/a/b',
    'autoglm://conversation/a?x=1',
    `autoglm://conversation/${'a'.repeat(101)}`,
    'autoglm://settings/engine-room',
    'autoglm://settings?section=general',
    // A NUL, a right-to-left override and an escape would show other text than they hold.
    'autoglm://new?text=a%00b',
    'autoglm://new?text=%E2%80%AEevil',
    'autoglm://new?text=%1B%5B2J',
    `autoglm://new?text=${'a'.repeat(20_001)}`,
    `autoglm://new?text=${'a'.repeat(70_000)}`,
  ])('refuses %j', (link) => {
    expect(parseDeepLink(link)).toBeNull();
  });

  it('takes whatever a person could have written, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const link = parseDeepLink(`autoglm://new?text=${encodeURIComponent(text)}`);
        if (link) expect(link).toEqual({ kind: 'new', text: text.replaceAll('\r\n', '\n') });
      }),
    );
    fc.assert(fc.property(fc.string(), (rest) => void parseDeepLink(`autoglm://${rest}`)));
  });
});

describe('linksIn', () => {
  it('finds a link among switches and paths', () => {
    const argv = ['/usr/bin/autoglm', '--no-sandbox', '/home/a/autoglm://new', 'autoglm://settings/about'];
    expect(linksIn(argv)).toEqual([{ kind: 'settings', section: 'about' }]);
  });
});

describe('links', () => {
  const link = { kind: 'new', text: '384 + 729' };
  const sent = (contents: FakeWebContents) => contents.sent.filter(([, name]) => name === 'app.link');

  it('wait for the page, from the command line, a second start and the system alike', async () => {
    const { application, listen } = await run({ argv: ['autoglm://new?text=384%20%2B%20729'] });
    const { webContents } = Window.last!;
    expect(sent(webContents)).toEqual([]);
    listen(webContents);
    expect(sent(webContents)).toEqual([[EVENT_CHANNEL, 'app.link', link]]);
    application.emit('second-instance', {}, ['x', '--flag', 'autoglm://settings/server']);
    let prevented = false;
    application.emit('open-url', { preventDefault: () => (prevented = true) }, 'autoglm://conversation/abc');
    expect(prevented).toBe(true);
    expect(sent(webContents).slice(1)).toEqual([
      [EVENT_CHANNEL, 'app.link', { kind: 'settings', section: 'server' }],
      [EVENT_CHANNEL, 'app.link', { kind: 'conversation', id: 'abc' }],
    ]);
  });

  it('that are not ours say nothing to the page', async () => {
    const { application, listen } = await run({ argv: ['autoglm://run?text=x'] });
    const { webContents } = Window.last!;
    listen(webContents);
    application.emit('second-instance', {}, ['x', 'autoglm://new?text=a&send=1', 'https://evil.example']);
    application.emit('open-url', { preventDefault: () => {} }, 'autoglm://../../etc');
    expect(sent(webContents)).toEqual([]);
  });
});
