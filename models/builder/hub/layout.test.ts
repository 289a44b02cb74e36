import { expect, test } from 'vitest';
import { isSafeName, type RemoteFile } from './api';
import { variantsOf } from './layout';

const files = (...paths: string[]): RemoteFile[] => paths.map((path) => ({ path, bytes: 1000, hash: null }));
const names = (all: readonly RemoteFile[]) => all.map(({ path }) => path).sort();

test('of a checkpoint the shards that its index names, and what describes it', () => {
  const all = files(
    'config.json',
    'tokenizer.json',
    'generation_config.json',
    'model.safetensors.index.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.fp32-00001-of-00001.safetensors',
    'model.safetensors',
    'pytorch_model.bin',
    'flax_model.msgpack',
    'onnx/model.onnx',
    'modeling.py',
    'README.md',
    'LICENSE',
  );
  const shards = new Set(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']);
  const [variant, ...others] = variantsOf(all, 'glm4v', shards);
  expect(others).toEqual([]);
  expect(variant?.layout).toBe('checkpoint');
  expect(names(variant?.files ?? [])).toEqual([
    'LICENSE',
    'config.json',
    'generation_config.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
    'tokenizer.json',
  ]);
});

test('a whole checkpoint is one file, whatever lies beside it', () => {
  const all = files('config.json', 'model.safetensors', 'model.fp16.safetensors', 'adapter.safetensors');
  expect(names(variantsOf(all, 'whisper')[0]?.files ?? [])).toEqual(['config.json', 'model.safetensors']);
});

test('each folder of onnxruntime-genai is a model, the fastest for the processor first; other providers are left out', () => {
  const folder = (name: string) =>
    files(
      `${name}/genai_config.json`,
      `${name}/model.onnx`,
      `${name}/model.onnx.data`,
      `${name}/tokenizer.json`,
      `${name}/configuration_phi3.py`,
    );
  const all = [
    ...files('config.json', 'README.md'),
    ...folder('cuda/cuda-fp16'),
    ...folder('directml/directml-int4-awq-block-128'),
    ...folder('cpu_and_mobile/cpu-int4-rtn-block-32'),
    ...folder('cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4'),
    ...folder('cuda/cuda-int4-rtn-block-32'),
  ];
  const variants = variantsOf(all, 'phi3');
  expect(variants.map(({ id }) => id)).toEqual([
    'cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4',
    'cpu_and_mobile/cpu-int4-rtn-block-32',
    'cuda/cuda-int4-rtn-block-32',
    'cuda/cuda-fp16',
  ]);
  expect(names(variants[0]?.files ?? [])).toEqual(
    ['genai_config.json', 'model.onnx', 'model.onnx.data', 'tokenizer.json'].map(
      (name) => `cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4/${name}`,
    ),
  );
});

test('one at the root has no folder', () => {
  const all = files('genai_config.json', 'model.onnx', 'model.onnx.data', 'tokenizer.json', 'other/x.onnx');
  const [variant] = variantsOf(all, null);
  expect(variant).toMatchObject({ layout: 'genai', id: '', prefix: '' });
  expect(names(variant?.files ?? [])).not.toContain('other/x.onnx');
});

test("Transformers.js' graphs come with their own weights alone", () => {
  const all = files(
    'config.json',
    'tokenizer.json',
    'onnx/model.onnx',
    'onnx/model.onnx_data',
    'onnx/model_q4.onnx',
    'onnx/model_q4.onnx_data',
    'onnx/model_q4f16.onnx',
    'onnx/model_bnb4.onnx',
  );
  const variants = variantsOf(all, 'qwen2');
  expect(variants.map(({ id }) => id)).toEqual([
    'onnx/model_q4.onnx',
    'onnx/model_q4f16.onnx',
    'onnx/model.onnx',
  ]);
  expect(names(variants[0]?.files ?? [])).toEqual([
    'config.json',
    'onnx/model_q4.onnx',
    'onnx/model_q4.onnx_data',
    'tokenizer.json',
  ]);
});

test.each(['lfm2', 'mamba', 'qwen2_vl', 'qwen3_next', 'phi3_v', 'whisper'])(
  '%s is not offered as ONNX',
  (type) => {
    expect(
      variantsOf(files('config.json', 'onnx/model_q4.onnx', 'genai_config.json', 'model.onnx'), type),
    ).toEqual([]);
  },
);

test('a checkpoint of another type is offered by its export', () => {
  const all = files('config.json', 'model.safetensors', 'onnx/model_q4.onnx', 'tokenizer.json');
  expect(variantsOf(all, 'llama').map(({ layout }) => layout)).toEqual(['transformers-js']);
  expect(variantsOf(files('config.json', 'model.safetensors'), 'llama')).toEqual([]);
});

test('a finished package is taken as it is', () => {
  const [variant] = variantsOf(files('autoglm.json', 'weights.data', 'README.md', 'decoder.fp32.onnx'), null);
  expect(variant?.layout).toBe('package');
  expect(names(variant?.files ?? [])).toEqual(['autoglm.json', 'decoder.fp32.onnx', 'weights.data']);
});

test.each([
  '../up.json',
  'a/../../b',
  '/etc/passwd',
  '..\\..\\startup.json',
  'C:\\x.json',
  'c:x',
  '.hidden.json',
  'a//b',
  'a/',
  'nul.json',
  'COM1',
  'x.json ',
  'x.',
  'a\u0000b',
  'a\nb',
  '',
  'x'.repeat(400),
  42,
  null,
])('%j is no name that is written', (name) => {
  expect(isSafeName(name)).toBe(false);
});

test.each([
  'config.json',
  'onnx/model_q4.onnx',
  'cpu_and_mobile/a-b/x.onnx.data',
  '模型.json',
  'console.json',
])('%s is', (name) => {
  expect(isSafeName(name)).toBe(true);
});
