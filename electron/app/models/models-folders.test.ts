import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryHome } from '../testing/temporary-home';
import { listFolders } from './models-folders';

vi.mock('node:os', { spy: true });

it('shows Hugging Face\u2019s cache in the home, and its repositories as models', async () => {
  const home = temporaryHome();
  vi.mocked(homedir).mockReturnValue(home);
  mkdirSync(join(home, 'Documents'));
  mkdirSync(join(home, '.config'));
  expect((await listFolders(null)).folders).toEqual([{ name: 'Documents', model: false }]);
  const hub = join('.cache', 'huggingface', 'hub');
  mkdirSync(join(home, hub, 'models--a--b', 'snapshots'), { recursive: true });
  mkdirSync(join(home, hub, 'models--a--unfinished'));
  mkdirSync(join(home, hub, 'datasets--a--b', 'snapshots'), { recursive: true });
  expect((await listFolders(null)).folders.map(({ name }) => name)).toEqual([hub, 'Documents']);
  expect((await listFolders(join(home, hub))).folders).toEqual([
    { name: 'datasets--a--b', model: false },
    { name: 'models--a--b', model: true },
    { name: 'models--a--unfinished', model: false },
  ]);
  await expect(listFolders(join(home, 'nothing'))).rejects.toMatchObject({ code: 'not-found' });
});
