import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAst } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCX } from '../electron/contract/documents';
import type { ToolCommand } from '../electron/contract/model-tool';
import { docx, paragraph, pdf } from '../electron/documents/testing/files';
import { joined, quiet, voice } from '../electron/engine/speech/testing/voice';
import { folderSize, modelProblems, nativeFolders } from './scripts/packable.mjs';
import { root } from './scripts/setup.mjs';
import { fuses, listArchive } from './scripts/stage.mjs';

/**
 * What people install, without Electron: electron-builder packs this checkout, and plain Node starts what it packed from a folder
 * that no node_modules lies above, so that a file or native library that was left out is missed here rather than by a user.
 */

const run = promisify(execFile);
const work = realpathSync(mkdtempSync(join(tmpdir(), 'autoglm-package-')));
let staged: { resources: string; app: string; executable: string };
let archive: ReturnType<typeof listArchive>;

const hasModel = existsSync(join(root, 'models', 'nano', 'autoglm.json'));

beforeAll(async () => {
  if (!existsSync(join(root, 'out', 'main', 'headless.js'))) {
    throw new Error('There is nothing to pack: run npm run build first (npm test does).');
  }
  // A process of its own keeps the packer's output and its patches to Node out of the tests.
  const { stdout } = await run(process.execPath, [join(root, 'build', 'scripts', 'stage.mjs'), work], {
    maxBuffer: 16 * 2 ** 20,
  });
  staged = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  archive = listArchive(join(staged.resources, 'app.asar'));
}, 60_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the package', () => {
  it('holds what the app starts from', () => {
    const paths = archive.map(({ path }) => path);
    const kernels = readdirSync(join(root, 'electron', 'engine', 'ort', 'kernels')).filter((name) =>
      name.endsWith('.cu'),
    );
    expect(kernels).toContain('common.cu');
    expect(paths).toEqual(
      expect.arrayContaining([
        'package.json',
        'LICENSE',
        'out/main/main.js',
        'out/main/engine.js',
        'out/main/document-tool.js',
        'out/main/headless.js',
        'out/main/sound-worker.js',
        'out/main/silero_vad_v6.onnx',
        ...kernels.map((name) => `out/main/${name}`),
        'out/preload/preload.cjs',
        'out/renderer/index.html',
        'build/icons/trayTemplate@2x.png',
        'build/icons/tray.ico',
        'build/icons/icon.png',
      ]),
    );
  });

  it('holds nothing that does not run', () => {
    const unwanted = archive.filter(({ path }) => {
      const [folder = ''] = path.split('/');
      return (
        ['electron', 'renderer', 'e2e', 'dist'].includes(folder) ||
        /^(models\/(?!nano\/|catalog\.json)|build\/(?!icons\/))/.test(path) ||
        /\.(ts|mts|cts|tsx|map|py)$/.test(path) ||
        /^node_modules\/(electron|electron-builder|vite|vitest|typescript|react)\//.test(path)
      );
    });
    expect(unwanted.map(({ path }) => path)).toEqual([]);
  });

  it('holds the native libraries of this system alone', () => {
    const native = archive.filter(({ path }) => /\.(node|dll|dylib|so(\.[\d.]+)?)$/.test(path));
    const allowed = [...nativeFolders(process.platform, process.arch), '@img/sharp-libvips-'];
    expect(native.length).toBeGreaterThanOrEqual(allowed.length - 1);
    const foreign = native.filter(({ path }) => !allowed.some((name) => path.includes(`/${name}`)));
    expect(foreign.map(({ path }) => path)).toEqual([]);
  });

  it('leaves native libraries and the model outside the archive, as real files', () => {
    const real = archive.filter(
      ({ path }) =>
        path.startsWith('models/nano/') || /\.(node|dll|dylib|wasm|onnx|so(\.[\d.]+)?)$/.test(path),
    );
    // WebAssembly is read by JavaScript, which can read archives.
    const packed = real.filter(({ path, unpacked }) => !unpacked && !path.endsWith('.wasm'));
    expect(packed.map(({ path }) => path)).toEqual([]);
    const missing = real.filter(
      ({ path, unpacked }) => unpacked && !existsSync(join(staged.resources, 'app.asar.unpacked', path)),
    );
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  it('holds the built-in model whole', () => {
    const files = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();
    expect(files(join(staged.app, 'models', 'nano'))).toEqual(files(join(root, 'models', 'nano')));
    if (hasModel) expect(modelProblems(join(staged.app, 'models', 'nano'))).toEqual([]);
  });

  it('stays small beside Electron: at most 150 MB without the model', () => {
    const size = folderSize(staged.app) - folderSize(join(staged.app, 'models'));
    expect(size / 1e6).toBeLessThan(150);
  });

  it('has the fuses set that keep others from running code in it', async () => {
    // Run as Node, cookie encryption, NODE_OPTIONS, --inspect, archive integrity, archive only, own snapshot, file:// rights.
    expect(await fuses(staged.executable)).toBe('01001100');
  });

  it('keeps only the languages the app speaks', () => {
    expect(readdirSync(join(staged.resources, '..', 'locales')).sort()).toEqual([
      'en-US.pak',
      'zh-CN.pak',
      'zh-TW.pak',
    ]);
  });
});

describe('what was packed', () => {
  it('finds every package that its bundles import', async () => {
    const bundles = readdirSync(join(staged.app, 'out', 'main'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.js'));
    const names = new Set<string>();
    for (const bundle of bundles) {
      for (const name of importsOf(readFileSync(join(staged.app, 'out', 'main', bundle), 'utf8'))) {
        if (name !== 'electron' && !/^(\.|node:)/.test(name)) names.add(name);
      }
    }
    // One of each kind: a static import, a dynamic one.
    expect([...names]).toEqual(expect.arrayContaining(['koffi', 'electron-updater']));
    await node(`for (const name of ${JSON.stringify([...names])}) import.meta.resolve(name)`);
  });

  it('loads its native libraries', async () => {
    const { stdout } = await node(`
      import koffi from 'koffi';
      import Database from 'libsql';
      import sharp from 'sharp';
      import { InferenceSession } from 'onnxruntime-node';
      import { readdirSync } from 'node:fs';
      const folder = 'node_modules/onnxruntime-node/bin/napi-v6/' + process.platform + '/' + process.arch + '/';
      const name = readdirSync(folder).find((name) => /^(lib)?onnxruntime\\.(so|dll|.*dylib)/.test(name));
      koffi.load(folder + name).func('const void *OrtGetApiBase()')();
      new Database(':memory:').exec('create virtual table t using fts5(x, tokenize = "trigram")');
      const pixel = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } }).png().toBuffer();
      console.log(typeof InferenceSession.create, pixel.length > 0);
    `);
    expect(stdout.trim()).toBe('function true');
  });

  it('decodes sound of every kind in its thread', async () => {
    const fixtures = join(root, 'electron', 'app', 'sound', 'fixtures');
    const kinds = {
      'tone.mp3': 'mp3',
      'tone.flac': 'flac',
      'tone.vorbis.ogg': 'ogg-vorbis',
      'tone.opus.ogg': 'ogg-opus',
    };
    const { stdout } = await node(`
      import { Worker } from 'node:worker_threads';
      import { pathToFileURL } from 'node:url';
      const worker = new Worker(pathToFileURL('out/main/sound-worker.js'), { execArgv: [] });
      const seconds = [];
      for (const [name, type] of ${JSON.stringify(Object.entries(kinds))}) {
        worker.postMessage({ from: ${JSON.stringify(fixtures)} + '/' + name, to: ${JSON.stringify(join(work, 'sound.wav'))}, type, maxSeconds: 9 });
        const answer = await new Promise((resolve) => {
          worker.on('message', (message) => message.type !== 'progress' && resolve(message));
        });
        seconds.push(Math.round(answer.sound?.seconds ?? -1));
      }
      await worker.terminate();
      console.log(seconds.join());
    `);
    expect(stdout.trim()).toBe('1,1,1,1');
  });

  it('finds speech in sound, with the network beside its engine', { timeout: 60_000 }, async () => {
    const engine = fork(join(staged.app, 'out', 'main', 'engine.js'), {
      cwd: work,
      env: environment(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const heard = new Promise((resolve, reject) => {
      engine.on('message', (message: { type: string }) => {
        if (message.type === 'ready') {
          const samples = joined(quiet(0.5), voice(6), quiet(1.5));
          engine.send({ type: 'listen', id: 1, stream: 'a', samples });
        } else resolve(message);
      });
      engine.on('exit', (code) => reject(new Error(`The engine ended with code ${code}.`)));
    });
    const events = [expect.objectContaining({ type: 'start' }), expect.objectContaining({ type: 'end' })];
    expect(await heard).toEqual({ type: 'heard', id: 1, events });
    engine.kill();
    await once(engine, 'exit');
  });

  it('reads documents, also a Chinese PDF without its font', { timeout: 60_000 }, async () => {
    const tool = fork(join(staged.app, 'out', 'main', 'document-tool.js'), {
      cwd: work,
      env: environment(),
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    expect((await once(tool, 'message'))[0]).toMatchObject({ type: 'ready' });
    const [path, out] = [join(work, 'in'), join(work, 'out.txt')];
    const read = async (bytes: Buffer, mediaType: string) => {
      writeFileSync(path, bytes);
      tool.send({ type: 'extract', id: 1, path, out, mediaType });
      const [message] = await once(tool, 'message');
      return { message, text: readFileSync(out, 'utf8') };
    };
    expect(await read(pdf([['c4e3bac3']], { gbk: true }), 'application/pdf')).toMatchObject({
      message: { type: 'extracted', pages: 1 },
      text: '你好',
    });
    expect((await read(docx(paragraph('Word')), DOCX)).text).toBe('Word');
    expect((await read(Buffer.from('<html><p>Page'), 'text/html')).text).toBe('Page');
    tool.kill();
    await once(tool, 'exit');
  });

  it('works on models: its converter and what speaks with hubs are there', { timeout: 60_000 }, async () => {
    const ask = async (command: ToolCommand): Promise<unknown> => {
      const tool = fork(join(staged.app, 'out', 'main', 'model-tool.js'), {
        cwd: work,
        env: environment(),
        execArgv: [],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      tool.send(command);
      const [answer] = await once(tool, 'message');
      tool.kill();
      return answer;
    };
    const checkpoint = join(root, 'models', 'builder', 'fixtures', 'glm4v');
    expect(await ask({ type: 'inspect', path: checkpoint })).toMatchObject({
      type: 'done',
      found: { kind: 'checkpoint', family: 'glm4v' },
    });
    // Nobody listens there.
    const connection = { endpoint: 'http://127.0.0.1:9', token: null, proxy: null };
    expect(await ask({ type: 'look-at-hub', connection, address: 'a/b' })).toMatchObject({
      type: 'failed',
      error: { details: { kind: 'host-unreachable' } },
    });
  });

  it('starts its host, serves its page and answers', { timeout: 60_000 }, async () => {
    const home = join(work, 'home');
    mkdirSync(home);
    const args = [join(staged.app, 'out', 'main', 'headless.js'), '--port', '0'];
    if (!hasModel) args.push('--model', await randomModel(home));
    const host = spawn(process.execPath, args, {
      cwd: home,
      env: { ...environment(), AUTOGLM_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const url = await address(host);
      const health = await fetch(`${url}/health`);
      expect(health.status).toBe(200);

      const page = await (await fetch(url)).text();
      const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
      expect(assets.length).toBeGreaterThan(1);
      for (const path of assets) {
        const asset = await fetch(new URL(path, url));
        expect([path, asset.status]).toEqual([path, 200]);
        await asset.arrayBuffer();
      }
      expect(await tokensOfAnswer(url)).toBeGreaterThan(0);
    } finally {
      // Asked rather than killed, so that it takes its engine with it.
      host.kill();
      await once(host, 'exit');
    }
  });
});

/** What a module imports by name. Parsed, as bundled libraries hold strings that look like imports. */
function importsOf(source: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, source } = node as { type?: string; source?: { value?: unknown } | null };
    if (type && /^(Import(Declaration|Expression)|Export(Named|All)Declaration)$/.test(type)) {
      if (typeof source?.value === 'string') names.add(source.value);
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(source).body);
  return names;
}

/** Runs a module inside the staged folder, where only its own packages are found. */
function node(source: string) {
  return run(process.execPath, ['--input-type=module', '-e', source], {
    cwd: staged.app,
    env: environment(),
  });
}

/** Nothing of the checkout: npm and Vitest set paths that would find what was not packed. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_PATH: _, NODE_OPTIONS: __, ORT_LIB: ___, ...env } = process.env;
  return env;
}

function address(host: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      const url = /AutoGLM Desktop is at (\S+)/.exec(output)?.[1];
      if (url) resolve(url);
    };
    host.stdout?.on('data', read);
    host.stderr?.on('data', read);
    host.on('exit', (code) => reject(new Error(`The host ended with code ${code}:\n${output}`)));
  });
}

/** In a checkout without the built-in model, one of random weights shows as well that the packed engine runs. */
async function randomModel(home: string): Promise<string> {
  const id = 'tiny';
  const out = join(home, 'models', id);
  const cli = join(root, 'models', 'builder', 'cli.ts');
  await run(process.execPath, ['--import', 'tsx', cli, 'random', '-c', 'tiny', '--id', id, '-o', out], {
    cwd: root,
  });
  return id;
}

/** How many tokens the model answers with, once it is loaded. */
async function tokensOfAnswer(url: string): Promise<number> {
  let model: { id: string } | undefined;
  while (!model) {
    const health = (await (await fetch(`${url}/health`)).json()) as { status: string; model: { id: string } };
    if (health.status === 'ok') model = health.model;
    else if (health.status === 'loading') await new Promise((resolve) => setTimeout(resolve, 100));
    else throw new Error(`The model did not load: ${JSON.stringify(health)}`);
  }
  const messages = [{ role: 'user', content: 'What is 2 + 2?' }];
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: model.id, max_tokens: 8, messages }),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`The answer failed with ${response.status}: ${body}`);
  return (JSON.parse(body) as { usage: { completion_tokens: number } }).usage.completion_tokens;
}
