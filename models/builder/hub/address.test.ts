import { expect, test } from 'vitest';
import { parseAddress } from './address';

test.each([
  ['zai-org/AutoGLM-Phone-9B', 'zai-org/AutoGLM-Phone-9B', 'main'],
  ['  openai/whisper-small \n', 'openai/whisper-small', 'main'],
  ['someone/model@v1.0', 'someone/model', 'v1.0'],
  ['someone/model@refs/pr/3', 'someone/model', 'refs/pr/3'],
  ['https://huggingface.co/zai-org/GLM-4.1V-9B-Thinking', 'zai-org/GLM-4.1V-9B-Thinking', 'main'],
  ['https://hf-mirror.com/openai/whisper-tiny/', 'openai/whisper-tiny', 'main'],
  ['https://huggingface.co/a/b/tree/v2/onnx?x=1#y', 'a/b', 'v2'],
  ['https://huggingface.co/a/b/blob/0123456789abcdef/config.json', 'a/b', '0123456789abcdef'],
  ['https://huggingface.co/a/b/tree/refs%2Fpr%2F1', 'a/b', 'refs/pr/1'],
  ['https://huggingface.co/a/b/discussions/4', 'a/b', 'main'],
])('%s', (text, repository, revision) => {
  expect(parseAddress(text)).toEqual({ repository, revision });
});

test.each([
  '',
  'whisper',
  'a/b/c',
  '../../etc',
  'a/..',
  '.a/b',
  'a b/c',
  'a/b@',
  'a/b@../x',
  'a/b@x@y',
  'https://huggingface.co/',
  'https://huggingface.co/zai-org',
  'https://huggingface.co/datasets/squad',
  'https://huggingface.co/a%2F..%2Fb/c',
  'ftp://huggingface.co/a/b',
  `${'a'.repeat(200)}/b`,
  'https://huggingface.co/%/b',
])('%j names no model', (text) => {
  expect(() => parseAddress(text)).toThrow(/names no model: give owner\/name/);
});
