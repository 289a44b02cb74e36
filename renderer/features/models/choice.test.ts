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

test('a listing fills the path in', async () => {
  const reply = answerLater();
  const done = browse(null);
  reply.resolve(listing);
  await done;
  expect(useChoice.getState()).toMatchObject({ path: '/home/me', listing });
});

test('a path that was typed while the first listing was under way stays', async () => {
  const reply = answerLater();
  const done = browse(null);
  useChoice.setState({ path: '/models/phone' });
  reply.resolve(listing);
  await done;
  expect(useChoice.getState()).toMatchObject({ path: '/models/phone', listing });
});
