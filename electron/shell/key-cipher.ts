import type { SafeStorage } from 'electron';
import type { KeyCipher } from '../app/remote/keys';

type Storage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

/**
 * The system's keychain, for the API keys of connections. Linux without one has a password that stands in Chromium's source, which hides
 * nothing and would only keep the headless host from reading the same keys.
 */
export function keyCipher(storage: Storage, platform: NodeJS.Platform): KeyCipher {
  return {
    available: async () =>
      !(platform === 'linux' && storage.getSelectedStorageBackend() === 'basic_text') &&
      (await storage.isAsyncEncryptionAvailable()),
    encrypt: async (text) => (await storage.encryptStringAsync(text)).toString('base64'),
    decrypt: async (text) => (await storage.decryptStringAsync(Buffer.from(text, 'base64'))).result,
  };
}
