import { afterEach, expect, test, vi } from 'vitest';
import { bridge } from '../../bridge/bridge';
import { browse, useChoice } from './choice';

vi.mock('../../bridge/bridge', () => ({ bridge: vi.fn() }));

const listing = { path: '/home/me', parent: '/home', folders: [] };

afterEach(() => useChoice.setState({ path: '', listing: null, looking: false, found: null, error: null }));

function answerLater() {
  let resolve = (_: typeof listing) => {};
  const reply = new Promise<typeof listing>((done) => {
    resolve = done;
  });
  vi.mocked(bridge).mockReturnValue({ request: () => reply } as unknown as ReturnType<typeof bridge>);
  return { resolve };
}

test('the listing of a folder that was asked for fills the path in, the first one does not', async () => {
  for (const [asked, path] of [
    [null, ''],
    ['/home/me', '/home/me'],
  ] as const) {
    const reply = answerLater();
    const done = browse(asked);
    reply.resolve(listing);
    await done;
    expect(useChoice.getState()).toMatchObject({ path, listing });
  }
});

test('a path that was typed while a listing was under way stays', async () => {
  const reply = answerLater();
  const done = browse('/home/me');
  useChoice.setState({ path: '/models/phone' });
  reply.resolve(listing);
  await done;
  expect(useChoice.getState()).toMatchObject({ path: '/models/phone', listing });
});
