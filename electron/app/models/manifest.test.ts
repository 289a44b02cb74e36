import { expect, it } from 'vitest';
import { ManifestSchema } from '../../contract/manifest';
import { manifest } from '../testing/manifest';

const sha256 = '0'.repeat(64);
const refused = (change: object) => !ManifestSchema.safeParse({ ...manifest('a'), ...change }).success;

it.each([
  '../secret',
  'a/../../secret',
  '/etc/passwd',
  'C:/secret',
  'C:secret',
  '..\\secret',
  'a\\b',
  './a',
  'a//b',
  'a\0',
  '',
  '..',
])('a package names no file outside of its folder: %j', (path) => {
  expect(refused({ files: [{ path, bytes: 1, sha256 }] })).toBe(true);
  expect(refused({ tokenizer: path })).toBe(true);
  expect(refused({ graphs: { cpu: { activation: 'float32', files: { decoder: path } } } })).toBe(true);
});

it.each(['weights.data', 'onnx/model.onnx', '..data', 'a..b/c'])('takes %j', (path) => {
  expect(refused({ files: [{ path, bytes: 1, sha256 }], tokenizer: path })).toBe(false);
});

it('takes the rest as it is', () => {
  expect(refused({})).toBe(false);
});

it('refuses an id that no request and no folder could name', () => {
  expect(refused({ id: 'a'.repeat(201) })).toBe(true);
});
