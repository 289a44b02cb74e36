import type { SafeStorage } from 'electron';
import { describe, expect, it } from 'vitest';
import { keyCipher } from './key-cipher';

type Storage = Parameters<typeof keyCipher>[0];

function storage(backend: ReturnType<SafeStorage['getSelectedStorageBackend']>, available = true): Storage {
  return {
    isAsyncEncryptionAvailable: async () => available,
    getSelectedStorageBackend: () => backend,
    encryptStringAsync: async (text) => Buffer.from(text).reverse(),
    decryptStringAsync: async (encrypted) => ({
      result: Buffer.from(encrypted).reverse().toString('utf8'),
      shouldReEncrypt: false,
    }),
  };
}

describe('the cipher of API keys', () => {
  it('is the system’s, as text', async () => {
    const cipher = keyCipher(storage('gnome_libsecret'), 'linux');
    expect(await cipher.available()).toBe(true);
    const encrypted = await cipher.encrypt('sk-密钥');
    expect(encrypted).not.toContain('sk-');
    expect(await cipher.decrypt(encrypted)).toBe('sk-密钥');
  });

  it('is none where the system has none, or one whose password everybody knows', async () => {
    expect(await keyCipher(storage('basic_text'), 'linux').available()).toBe(false);
    expect(await keyCipher(storage('unknown', false), 'win32').available()).toBe(false);
    expect(await keyCipher(storage('unknown'), 'darwin').available()).toBe(true);
  });
});
