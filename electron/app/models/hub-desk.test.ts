import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { HubArgumentSchemas } from '../../contract/hub-schemas';
import type { HubFound, ToolCommand, ToolMessage } from '../../contract/model-tool';
import type { ModelTask } from '../../contract/models';
import { type Settings, SettingsSchema } from '../../contract/settings';
import { openDatabase } from '../database/open-database';
import { ConnectionKeys } from '../remote/keys';
import { temporaryHome } from '../testing/temporary-home';
import { ModelLibrary } from './models';
import { ModelsDesk } from './models-desk';

const COMMIT = 'a'.repeat(40);
const found: HubFound = {
  repository: 'someone/Big Model'.replace(' ', '-'),
  revision: 'main',
  commit: COMMIT,
  host: 'huggingface.co',
  license: 'mit',
  gated: false,
  downloads: 3,
  likes: 1,
  variants: [
    {
      id: '',
      layout: 'checkpoint',
      files: [{ path: 'model.safetensors', bytes: 2_000_000_000 }],
      bytes: 2_000_000_000,
      architecture: { family: 'glm4v', parameters: 1_000_000_000, kvPerToken: 1024, contextLength: 8192 },
    },
  ],
};
const onnx: HubFound = {
  ...found,
  repository: 'someone/chat',
  variants: ['onnx/model_q4.onnx', 'onnx/model_q4f16.onnx'].map((id) => ({
    id,
    layout: 'transformers-js',
    files: [{ path: id, bytes: 500 }],
    bytes: 500,
    architecture: { family: 'decoder', parameters: 1000, kvPerToken: 16, contextLength: 128 },
  })),
};

interface Spawned {
  readonly command: ToolCommand | null;
  readonly answer: (message: ToolMessage) => void;
  killed: boolean;
}

function setup(
  options: { readonly proxyFor?: (url: string) => Promise<string | null>; readonly home?: string } = {},
) {
  const home = options.home ?? temporaryHome();
  const folder = join(home, 'models');
  mkdirSync(folder, { recursive: true });
  const spawned: Spawned[] = [];
  let settings: Settings = SettingsSchema.parse({});
  let changes: readonly ModelTask[] = [];
  const { database } = openDatabase(join(home, `autoglm-${Math.random()}.db`));
  const desk = new ModelsDesk({
    library: new ModelLibrary([], folder),
    database,
    builtIn: [],
    folder,
    downloads: join(home, 'downloads'),
    hubKeys: new ConnectionKeys(join(home, 'hub-token.json'), null, () => {}),
    ...(options.proxyFor && { proxyFor: options.proxyFor }),
    cudaFolder: join(home, 'cuda'),
    verifiedFiles: join(home, 'verified.json'),
    settings: () => settings,
    updateSettings: (change) => {
      settings = { ...settings, ...change };
    },
    status: () => ({ state: 'none' }) as never,
    graphics: async () =>
      ({ gpus: [], driver: null, reason: null, runtime: { cudaProvider: false } }) as never,
    load: async () => {},
    spawnTool: () => {
      let listener: (message: ToolMessage) => void = () => {};
      const own: { command: ToolCommand | null; answer: (message: ToolMessage) => void; killed: boolean } = {
        command: null,
        answer: (message) => listener(message),
        killed: false,
      };
      spawned.push(own);
      return {
        send: (command) => {
          own.command = command;
          if (command.type === 'look-at-hub') {
            listener({ type: 'done', hub: command.address.includes('chat') ? onnx : found });
          }
          if (command.type === 'search-hub') listener({ type: 'done', hits: [] });
        },
        onMessage: (heard) => {
          listener = heard;
        },
        onExit: () => {},
        kill: () => {
          own.killed = true;
        },
      };
    },
    tasksChanged: (tasks) => {
      changes = tasks;
    },
    changed: () => {},
    log: () => {},
  });
  onTestFinished(() => {
    desk.close();
    database.close();
  });
  const hub = desk.hub.handlers;
  const commands = () => spawned.map(({ command }) => command);
  const gets = () => spawned.filter(({ command }) => command?.type === 'get');
  const request = {
    repository: found.repository,
    revision: 'main',
    commit: COMMIT,
    variant: '',
    keepSource: false,
  };
  return { home, desk, hub, spawned, commands, gets, request, tasks: () => changes };
}

const ENVIRONMENT = ['HF_ENDPOINT', 'HF_TOKEN', 'HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy'];
const before = ENVIRONMENT.map((name) => [name, process.env[name]] as const);
beforeEach(() => {
  for (const name of ENVIRONMENT) delete process.env[name];
});
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

it('asks nobody for anything before it is told to', async () => {
  const { spawned, hub } = setup();
  await hub['hub.state']();
  await settled();
  expect(spawned).toEqual([]);
});

it('says what each precision of a checkpoint would take on the disk and in memory', async () => {
  const { hub } = setup();
  const model = await hub['hub.look']('someone/Big-Model');
  expect(model).toMatchObject({ name: 'Big-Model', host: 'huggingface.co' });
  expect(model.freeBytes).toBeGreaterThan(0);
  const [variant] = model.variants;
  expect(variant?.results.map(({ precision, bytes, device }) => [precision, bytes, device])).toEqual([
    ['int4', 562_500_000, 'cpu'],
    ['int8', 1_062_500_000, 'cpu'],
    ['fp16', 2_000_000_000, 'cpu'],
  ]);
  for (const { bytes, memoryNeeded } of variant?.results ?? []) {
    expect(memoryNeeded).toBeGreaterThan((bytes ?? 0) + 8192 * 1024);
  }
});

it('fetches what was seen, and nothing that was not', async () => {
  const { hub, gets, request } = setup();
  await expect(hub['hub.get']({ ...request, precision: 'int4' })).rejects.toMatchObject({
    details: { kind: 'hub-variant-gone' },
  });
  await hub['hub.look']('someone/Big-Model');
  const task = await hub['hub.get']({ ...request, precision: 'int8' });
  await settled();
  expect(task).toMatchObject({ kind: 'get', name: 'Big-Model', modelId: 'big-model', state: 'running' });
  expect(gets()[0]?.command).toMatchObject({
    order: {
      repository: 'someone/Big-Model',
      commit: COMMIT,
      precision: 'int8',
      id: 'big-model',
      license: 'mit',
    },
    connection: { endpoint: 'https://huggingface.co', token: null, proxy: null },
  });
  await expect(hub['hub.get']({ ...request, variant: '../x', precision: null })).rejects.toThrow();
});

it('of several models in a repository the name says which one', async () => {
  const { hub, request } = setup();
  await hub['hub.look']('someone/chat');
  const variant = 'onnx/model_q4f16.onnx';
  const task = await hub['hub.get']({ ...request, repository: 'someone/chat', variant, precision: 'int4' });
  expect(task).toMatchObject({ name: 'chat q4f16', modelId: 'chat-q4f16' });
});

it('downloads wait for each other, in the order they came; one that is stopped makes room', async () => {
  const { hub, desk, request, tasks, gets } = setup();
  await hub['hub.look']('someone/Big-Model');
  const first = await hub['hub.get']({ ...request, precision: 'int4' });
  const second = await hub['hub.get']({ ...request, precision: 'int4' });
  const third = await hub['hub.get']({ ...request, precision: 'int4' });
  const states = () => tasks().map(({ modelId, state }) => `${modelId} ${state}`);
  expect(states()).toEqual(['big-model running', 'big-model-2 queued', 'big-model-3 queued']);
  desk.tasks.stop(first.id);
  expect(states()).toEqual(['big-model stopped', 'big-model-2 running', 'big-model-3 queued']);
  // It goes on behind the others.
  desk.tasks.resume(first.id);
  expect(states()).toEqual(['big-model-2 running', 'big-model-3 queued', 'big-model queued']);
  await desk.tasks.dismiss(third.id);
  await settled();
  gets().at(-1)?.answer({ type: 'done' });
  expect(states()).toEqual(['big-model-2 done', 'big-model running']);
  expect(second.name).toBe('Big-Model (2)');
});

it('progress shows bytes, speed, and why nothing comes', async () => {
  const { hub, request, tasks, gets } = setup();
  await hub['hub.look']('someone/Big-Model');
  await hub['hub.get']({ ...request, precision: 'int4' });
  await settled();
  const error = { code: 'model-unsupported', message: 'stalled' } as const;
  gets()[0]?.answer({
    type: 'progress',
    phase: 'download',
    fraction: 1,
    secondsLeft: 5,
    transfer: { bytes: 5, totalBytes: 10, bytesPerSecond: 1 },
    waiting: { error, seconds: 8 },
  });
  expect(tasks()[0]).toMatchObject({
    transfer: { bytes: 5, totalBytes: 10, bytesPerSecond: 1 },
    waiting: { error, seconds: 8 },
  });
  gets()[0]?.answer({ type: 'failed', error });
  expect(tasks()[0]).toMatchObject({
    state: 'failed',
    waiting: null,
    resumable: true,
    transfer: { bytes: 5 },
  });
});

it('what was begun waits after a restart, with how far it had come; discarded, all of it goes', async () => {
  const { home, hub, desk, request } = setup();
  await hub['hub.look']('someone/Big-Model');
  await hub['hub.get']({ ...request, precision: 'int4', keepSource: true });
  await settled();
  desk.close();
  const into = join(home, 'downloads', 'big-model');
  const parts = {
    'model.safetensors': {
      key: 'x',
      have: [
        [0, 400_000_000],
        [600_000_000, 1_200_000_000],
      ],
      whole: null,
    },
  };
  writeFileSync(join(into, '.download.json'), JSON.stringify(parts));
  // It had begun to be converted too, which is no task of its own.
  const converting = join(home, 'models', 'big-model.convert');
  mkdirSync(converting);
  writeFileSync(
    join(converting, 'request.json'),
    JSON.stringify({ checkpoint: { folder: into }, options: {}, names: { name: 'x' } }),
  );

  const again = setup({ home });
  await settled();
  const [task, ...others] = again.desk.tasks.list();
  expect(others).toEqual([]);
  expect(task).toMatchObject({
    kind: 'get',
    name: 'Big-Model',
    state: 'stopped',
    resumable: true,
    fraction: 0.35,
    transfer: { bytes: 1_000_000_000, totalBytes: 2_000_000_000 },
  });
  expect(again.spawned, 'nothing goes on by itself').toEqual([]);
  again.desk.tasks.resume(task?.id ?? '');
  await settled();
  expect(again.gets()[0]?.command).toMatchObject({ order: { precision: 'int4', keepSource: true }, into });
  await again.desk.tasks.dismiss(task?.id ?? '');
  expect(again.gets()[0]?.killed).toBe(true);
  expect(existsSync(into)).toBe(false);
  expect(existsSync(converting)).toBe(false);
});

it('a folder that holds no order of ours is left alone', async () => {
  const { home } = setup();
  mkdirSync(join(home, 'downloads', 'kept'), { recursive: true });
  writeFileSync(join(home, 'downloads', 'kept', 'config.json'), '{}');
  mkdirSync(join(home, 'downloads', 'evil'), { recursive: true });
  writeFileSync(
    join(home, 'downloads', 'evil', '.order.json'),
    JSON.stringify({ id: '../../x', repository: 'a/b' }),
  );
  const again = setup({ home });
  await settled();
  expect(again.desk.tasks.list()).toEqual([]);
});

it('the token is kept for its hub alone, in a file of the owner, and is told to nobody but the process that asks', async () => {
  const { home, hub, commands } = setup();
  expect(await hub['hub.setToken']('hf_secret')).toEqual({
    endpoint: 'https://huggingface.co',
    endpointFromEnvironment: false,
    token: 'kept',
  });
  expect(JSON.stringify(await hub['hub.state']())).not.toContain('hf_secret');
  const file = join(home, 'hub-token.json');
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  await hub['hub.search']('x');
  expect(await hub['hub.setEndpoint']('https://hf-mirror.com')).toMatchObject({ token: 'none' });
  await hub['hub.search']('x');
  expect(commands()).toMatchObject([
    { connection: { endpoint: 'https://huggingface.co', token: 'hf_secret' } },
    { connection: { endpoint: 'https://hf-mirror.com', token: null } },
  ]);
  await hub['hub.setEndpoint'](null);
  expect(await hub['hub.setToken'](null)).toMatchObject({ token: 'none' });
  expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(false);
});

it('a token is not sent where others can read it', async () => {
  const { hub } = setup();
  await hub['hub.setEndpoint']('http://mirror.example');
  await expect((async () => hub['hub.setToken']('hf_secret'))()).rejects.toMatchObject({
    details: { kind: 'hub-token-open' },
  });
});

it("the environment's hub, token and proxy count where nothing was chosen", async () => {
  process.env.HF_ENDPOINT = 'https://mirror.example/';
  process.env.HF_TOKEN = 'hf_env';
  const { hub, commands } = setup({ proxyFor: async () => 'http://system:1' });
  expect(await hub['hub.state']()).toEqual({
    endpoint: 'https://mirror.example',
    endpointFromEnvironment: true,
    token: 'environment',
  });
  await hub['hub.search']('x');
  process.env.HTTPS_PROXY = 'http://env:1';
  await hub['hub.search']('x');
  await hub['hub.setEndpoint']('https://other.example');
  await hub['hub.search']('x');
  expect(commands()).toMatchObject([
    { connection: { endpoint: 'https://mirror.example', token: 'hf_env', proxy: 'http://system:1' } },
    { connection: { token: 'hf_env', proxy: null } },
    { connection: { endpoint: 'https://other.example', token: null, proxy: null } },
  ]);
});

it('all that the user entered goes with the rest', async () => {
  const { desk, hub, home } = setup();
  await hub['hub.setToken']('hf_secret');
  desk.hub.forgetTokens();
  expect(await hub['hub.state']()).toMatchObject({ token: 'none' });
  expect(existsSync(join(home, 'hub-token.json'))).toBe(false);
});

it.each([
  ['hub.setToken', ['two words'], false],
  ['hub.setToken', ['hf_x\r\nHost: y'], false],
  ['hub.setToken', [' hf_x '], true],
  ['hub.setEndpoint', ['file:///etc'], false],
  ['hub.setEndpoint', ['https://user:pass@mirror.example'], false],
  ['hub.setEndpoint', ['https://mirror.example/'], true],
  ['hub.look', ['x'.repeat(501)], false],
  ['hub.search', ['   '], false],
] as const)('%s %j is checked on arrival', (name, args, fine) => {
  expect(HubArgumentSchemas[name].safeParse(args).success).toBe(fine);
});
