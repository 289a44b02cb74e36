import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { ToolCommand, ToolMessage } from '../../contract/model-tool';
import { SettingsSchema } from '../../contract/settings';
import { openDatabase } from '../database/open-database';
import { ConnectionKeys } from '../remote/keys';
import { manifest as manifestOf, writeModel } from '../testing/manifest';
import { temporaryHome } from '../testing/temporary-home';
import { loadOptions } from './model-options';
import { ModelLibrary } from './models';
import { ModelsDesk } from './models-desk';

/** With a tool that finds a package wherever it looks, and never ends what else it is told. */
function setup() {
  const home = temporaryHome();
  const folder = join(home, 'models');
  mkdirSync(folder);
  const commands: ToolCommand[] = [];
  const { database } = openDatabase(join(home, 'autoglm.db'));
  const open = () =>
    new ModelsDesk({
      library: new ModelLibrary([], folder),
      database,
      builtIn: [],
      folder,
      downloads: join(home, 'downloads'),
      hubKeys: new ConnectionKeys(join(home, 'hub-token.json'), null, () => {}),
      cudaFolder: join(home, 'cuda'),
      verifiedFiles: join(home, 'verified.json'),
      settings: () => SettingsSchema.parse({}),
      updateSettings: () => {},
      status: () => ({ state: 'none' }) as never,
      graphics: async () =>
        ({ gpus: [], driver: null, reason: null, runtime: { cudaProvider: false } }) as never,
      load: async () => {},
      spawnTool: () => {
        let answer: (message: ToolMessage) => void = () => {};
        return {
          send: (command) => {
            commands.push(command);
            if (command.type !== 'inspect') return;
            const { id } = JSON.parse(readFileSync(join(command.path, 'autoglm.json'), 'utf8')) as {
              id: string;
            };
            answer({
              type: 'done',
              found: { kind: 'package', id, name: 'X', family: 'decoder', bytes: 1 },
            });
          },
          onMessage: (listener) => {
            answer = listener;
          },
          onExit: () => {},
          kill: () => {},
        };
      },
      tasksChanged: () => {},
      changed: () => {},
      log: () => {},
    });
  onTestFinished(() => database.close());
  return { home, folder, commands, open };
}

it.each(['x.part', 'x.convert', 'x.download', 'x.part.convert'])(
  'no model takes the name of unfinished work: %s',
  async (id) => {
    const { home, commands, open } = setup();
    const desk = open();
    const task = await desk.handlers['models.import'](writeModel(home, id));
    expect(task.modelId).toBe('x');
    await desk.handlers['models.convert']({
      path: home,
      name: id,
      precision: 'int4',
      block: 32,
      headInt8: false,
    });
    expect(commands.at(-1)).toMatchObject({ type: 'convert', id: 'x-2' });
    desk.close();
  },
);

it('a model named like a part of JavaScript has no options that nobody chose', async () => {
  const { folder, open } = setup();
  writeModel(folder, 'constructor');
  const desk = open();
  const { models } = await desk.handlers['models.page']();
  expect(models.map(({ options }) => options)).toEqual([{}]);
  // As Electron sends it to the page.
  expect(() => structuredClone(models)).not.toThrow();
  desk.close();
});

it('a model is loaded as its own options say, and as the settings do where it has none', () => {
  const manifest = { ...manifestOf('m'), contextLength: 4096 };
  const of = (settings: object) => loadOptions(SettingsSchema.parse(settings), manifest, 'verified.json');
  expect(of({})).toEqual({ provider: 'auto', verifiedFiles: 'verified.json' });
  expect(
    of({
      contextLength: 8192,
      modelOptions: { m: { provider: 'cpu', speculation: false, float8: false, cacheType: 'int8' } },
    }),
  ).toEqual({
    provider: 'cpu',
    contextLength: 4096,
    speculation: false,
    float8: false,
    cacheType: 'int8',
    verifiedFiles: 'verified.json',
  });
  expect(of({ modelOptions: { other: { speculation: false } } })).not.toHaveProperty('speculation');
});

it('what an earlier run left unfinished goes, what is whole stays', async () => {
  const { folder, open } = setup();
  writeModel(folder, 'whole');
  mkdirSync(join(folder, 'half.part'));
  const desk = open();
  await expect.poll(() => existsSync(join(folder, 'half.part'))).toBe(false);
  await setTimeout(10);
  expect(existsSync(join(folder, 'whole'))).toBe(true);
  desk.close();
});
