import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeRandomFolder } from '../families/decoder/random-folder';
import type { HubAccess } from './api';
import { lookAt, searchHub } from './look';
import { openNetwork } from './network';
import { FakeHub } from './testing/fake-hub';

let hub: FakeHub;
let access: HubAccess;

const whisper = {
  model_type: 'whisper',
  vocab_size: 51865,
  num_mel_bins: 80,
  d_model: 384,
  encoder_layers: 4,
  encoder_attention_heads: 6,
  encoder_ffn_dim: 1536,
  decoder_layers: 4,
  decoder_attention_heads: 6,
  decoder_ffn_dim: 1536,
  max_source_positions: 1500,
  max_target_positions: 448,
  activation_function: 'gelu',
  pad_token_id: 50257,
  eos_token_id: 50257,
  decoder_start_token_id: 50258,
};
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

beforeEach(async () => {
  hub = await FakeHub.start();
  access = { endpoint: hub.url, token: null, fetch: await openNetwork(null) };
});
afterEach(() => hub.close());

const kind = (expected: string) => ({ details: { kind: expected } });

function folderFiles(layout: 'genai' | 'transformers.js', prefix = ''): Record<string, Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-random-'));
  writeRandomFolder(folder, layout);
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .map(
      (name) =>
        [`${prefix}${name.split(path.sep).join('/')}`, readFileSync(path.join(folder, name))] as const,
    );
  rmSync(folder, { recursive: true });
  return Object.fromEntries(all);
}

test('a checkpoint is described by what its config.json says: type, parameters, cache', async () => {
  hub.add(
    'openai/whisper-tiny',
    { 'config.json': json(whisper), 'model.safetensors': Buffer.alloc(5000), 'tokenizer.json': json({}) },
    { tags: ['whisper', 'license:apache-2.0'], downloads: 12 },
  );
  const found = await lookAt(access, `${hub.url}/openai/whisper-tiny/tree/main`);
  expect(found).toMatchObject({
    repository: 'openai/whisper-tiny',
    revision: 'main',
    license: 'apache-2.0',
    gated: false,
    downloads: 12,
    host: new URL(hub.url).host,
  });
  expect(found.commit).toMatch(/^[0-9a-f]{40}$/);
  const [variant] = found.variants;
  // 37.8 million, as its authors say.
  expect(variant?.architecture).toMatchObject({
    family: 'whisper',
    contextLength: 448,
    kvPerToken: 2 * 4 * 384 * 4,
  });
  expect(Math.round((variant?.architecture?.parameters ?? 0) / 1e5)).toBe(378);
  expect(variant?.bytes).toBe(5000 + JSON.stringify(whisper).length + 2);
});

test.each(['genai', 'transformers.js'] as const)(
  'an export in the layout of %s is described',
  async (layout) => {
    hub.add('someone/chat', folderFiles(layout, layout === 'genai' ? 'cpu/' : ''));
    const { variants } = await lookAt(access, 'someone/chat');
    expect(variants).toHaveLength(1);
    expect(variants[0]?.architecture).toMatchObject({
      family: 'decoder',
      contextLength: 256,
      kvPerToken: 2 * 2 * 2 * 16 * 4,
    });
  },
);

test.each([
  ['nothing', {}, 'hub-empty'],
  ['GGUF', { 'x.Q4_K_M.gguf': Buffer.alloc(9) }, 'hub-gguf'],
  [
    'another type',
    { 'config.json': json({ model_type: 'bert' }), 'model.safetensors': Buffer.alloc(9) },
    'hub-other-type',
  ],
  [
    'other graphs',
    { 'config.json': json({ model_type: 'llama' }), 'onnx/encoder_model.onnx': Buffer.alloc(9) },
    'hub-other-onnx',
  ],
  ['pickles alone', { 'pytorch_model.bin': Buffer.alloc(9) }, 'hub-useless'],
  [
    'a config that is no JSON',
    { 'config.json': Buffer.from('<html>'), 'model.safetensors': Buffer.alloc(9) },
    'hub-useless',
  ],
])('a repository with %s is refused in one sentence', async (_, files, expected) => {
  hub.add('someone/model', files as Record<string, Buffer>);
  await expect(lookAt(access, 'someone/model')).rejects.toMatchObject(kind(expected));
});

test('what nobody may read without signing in, may not at all, or is not there, is told apart', async () => {
  const files = { 'config.json': json(whisper), 'model.safetensors': Buffer.alloc(10) };
  hub.add('a/private', files, { token: 'hf_right' });
  hub.add('a/gated', files, { token: 'hf_right', gated: 'auto' });
  await expect(lookAt(access, 'a/private')).rejects.toMatchObject(kind('hub-sign-in'));
  await expect(lookAt(access, 'a/gated')).rejects.toMatchObject(kind('hub-forbidden'));
  await expect(lookAt(access, 'a/none')).rejects.toMatchObject(kind('hub-absent'));
  await expect(lookAt({ ...access, token: 'hf_old' }, 'a/private')).rejects.toMatchObject(
    kind('hub-token-refused'),
  );
  expect((await lookAt({ ...access, token: 'hf_right' }, 'a/gated')).gated).toBe(true);
});

test.each([
  ['a page of some portal', '<html>Sign in to this network</html>'],
  ['JSON of another form', '{"a": 1}'],
  ['a list of nonsense', '[null, 3, {"path": 5}]'],
])('%s in place of a hub is named', async (_, answer) => {
  hub.onApi = (_request, response) => {
    response.setHeader('content-type', 'application/json').end(answer);
    return true;
  };
  await expect(lookAt(access, 'a/b')).rejects.toMatchObject(kind('hub-strange'));
});

test('too many requests, and an error of the server', async () => {
  let status = 429;
  hub.onApi = (_request, response) => {
    response.writeHead(status).end();
    return true;
  };
  await expect(lookAt(access, 'a/b')).rejects.toMatchObject(kind('hub-busy'));
  status = 502;
  await expect(lookAt(access, 'a/b')).rejects.toMatchObject({ details: { kind: 'host-error', status: 502 } });
});

test('a hub that is not there is one sentence', async () => {
  await expect(lookAt({ ...access, endpoint: 'http://127.0.0.1:1' }, 'a/b')).rejects.toThrow(
    /^127\.0\.0\.1:1 cannot be reached .*try again; what was fetched is kept\.$/,
  );
});

test('names that lead elsewhere are not listed, whatever the hub says', async () => {
  hub.add('a/b', { 'config.json': json(whisper), 'model.safetensors': Buffer.alloc(10) });
  hub.extraEntries = ['../../.bashrc.json', '/etc/x.json', 'c:\\x.json', '.ssh.json', 'CONFIG.json'].map(
    (name) => ({
      type: 'file',
      path: name,
      size: 3,
      oid: '0'.repeat(40),
    }),
  );
  const { variants } = await lookAt(access, 'a/b');
  expect(variants[0]?.files.map((file) => file.path).sort()).toEqual(['config.json', 'model.safetensors']);
});

test('a list in many pages is read to its end; one without end is not', async () => {
  hub.add('a/b', { 'config.json': json(whisper), 'model.safetensors': Buffer.alloc(10) });
  hub.pageSize = 1;
  expect((await lookAt(access, 'a/b')).variants[0]?.files).toHaveLength(2);
  hub.pageSize = 1_000;
  hub.extraEntries = Array.from({ length: 6_000 }, (_, i) => ({
    type: 'file',
    path: `${i}.json`,
    size: 1,
    oid: '',
  }));
  await expect(lookAt(access, 'a/b')).rejects.toMatchObject(kind('hub-too-many-files'));
});

test('an answer of gigabytes is not read', async () => {
  let sent = 0;
  hub.onApi = (_request, response) => {
    const chunk = Buffer.alloc(1 << 20, ' ');
    const more = () => {
      sent += 1;
      response.write(chunk, () => !response.destroyed && sent < 500 && setImmediate(more));
    };
    more();
    return true;
  };
  await expect(lookAt(access, 'a/b')).rejects.toMatchObject(kind('hub-strange'));
  expect(sent).toBeLessThan(100);
});

test('sizes that a hub does not tell are unknown, and not nothing', async () => {
  hub.add('a/b', { 'config.json': json(whisper) });
  hub.extraEntries = [
    { type: 'file', path: 'model.safetensors', size: -1, oid: 'x' },
    { type: 'directory', path: 'onnx' },
  ];
  const [variant] = (await lookAt(access, 'a/b')).variants;
  expect(variant?.bytes).toBeNull();
});

test('a search shows what can be run or converted, most downloaded first, and nothing else', async () => {
  const checkpoint = { 'config.json': json(whisper), 'model.safetensors': Buffer.alloc(1) };
  hub.add('openai/whisper-tiny', checkpoint, {
    tags: ['whisper', 'safetensors', 'license:mit'],
    downloads: 5,
    modelType: 'whisper',
  });
  hub.add(
    'x/whisper-chat',
    { 'config.json': json({}), 'onnx/model_q4.onnx': Buffer.alloc(1) },
    { tags: ['onnx'], downloads: 50, modelType: 'llama' },
  );
  hub.add(
    'x/whisper-encoder',
    { 'onnx/encoder_model.onnx': Buffer.alloc(1) },
    { tags: ['onnx'], downloads: 500 },
  );
  hub.add(
    'x/whisper-lfm',
    { 'config.json': json({}), 'onnx/model_q4.onnx': Buffer.alloc(1) },
    { tags: ['onnx'], modelType: 'lfm2' },
  );
  hub.add('x/other', checkpoint, { tags: ['whisper', 'safetensors'], modelType: 'whisper' });
  const hits = await searchHub(access, 'whisper');
  expect(hits).toEqual([
    {
      repository: 'x/whisper-chat',
      layout: 'transformers-js',
      downloads: 50,
      likes: 7,
      license: null,
      gated: false,
    },
    {
      repository: 'openai/whisper-tiny',
      layout: 'checkpoint',
      downloads: 5,
      likes: 7,
      license: 'mit',
      gated: false,
    },
  ]);
});
