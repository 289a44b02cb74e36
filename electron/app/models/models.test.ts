import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifest, writeModel } from '../testing/manifest';
import { temporaryHome } from '../testing/temporary-home';
import { ModelLibrary } from './models';

function setup() {
  const home = temporaryHome();
  const user = join(home, 'models');
  const nano = writeModel(join(home, 'app'), 'nano');
  mkdirSync(user);
  return { home, user, nano, library: new ModelLibrary([nano], user) };
}

describe('ModelLibrary', () => {
  it('finds the built-in models and those the user adds later', async () => {
    const { library, user, nano } = setup();
    expect(library.known()).toEqual([]);
    expect((await library.scan()).models.map(({ manifest }) => manifest.id)).toEqual(['nano']);
    writeModel(user, 'big-9b');
    writeFileSync(join(user, 'notes.txt'), 'not a model');
    const { models, problems } = await library.scan();
    expect(models.map(({ manifest }) => manifest.id)).toEqual(['nano', 'big-9b']);
    expect(problems).toEqual([]);
    expect(library.known()).toHaveLength(2);
    expect(await library.find('nano')).toMatchObject({ folder: nano });
  });

  it('lists what cannot be used with its reason', async () => {
    const { library, user } = setup();
    const write = (name: string, content: string) => {
      mkdirSync(join(user, name));
      writeFileSync(join(user, name, 'autoglm.json'), content);
    };
    mkdirSync(join(user, 'a-empty'));
    write('b-broken', '{"format": 1,');
    write('c-future', JSON.stringify({ ...manifest('future'), format: 2 }));
    write('d-wrong', JSON.stringify({ ...manifest('wrong'), contextLength: -1 }));
    write('e-twin', JSON.stringify(manifest('nano')));
    const { models, problems } = await library.scan();
    expect(models).toHaveLength(1);
    expect(problems.map(({ name, error }) => [name, error.code, error.message])).toEqual([
      ['a-empty', 'model-damaged', expect.stringContaining('could not be read (ENOENT)')],
      ['b-broken', 'model-damaged', expect.stringContaining('not valid JSON')],
      ['Model future', 'model-unsupported', expect.stringContaining('format 2')],
      ['Model wrong', 'model-damaged', expect.stringContaining('contextLength')],
      ['Model nano', 'model-unsupported', expect.stringContaining('same id, nano')],
    ]);
    await expect(library.find('b-broken')).rejects.toThrow(/not valid JSON/);
  });

  it('names the models there are when asked for another', async () => {
    const { library } = setup();
    await expect(library.find('gpt-9')).rejects.toThrow(/no model 'gpt-9'.*installed: nano/);
  });

  it('takes missing folders for empty ones', async () => {
    const library = new ModelLibrary([], join(temporaryHome(), 'missing'));
    expect(await library.scan()).toEqual({ models: [], problems: [] });
  });
});
