import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import type { Connection, ConnectionSecrets } from '../../contract/connections';
import { AppError } from '../../contract/errors';
import { writePrivately } from '../private-file';

/** The system's own store of secrets, where a host has one. */
export interface KeyCipher {
  /** As text that can stand in JSON. */
  encrypt(text: string): string;
  /** Throws where it was encrypted by another user, or on another machine. */
  decrypt(text: string): string;
}

const EntrySchema = z.object({
  origin: z.string(),
  encrypted: z.boolean(),
  /** JSON of `SecretsSchema`, perhaps encrypted. */
  secrets: z.string(),
});
const FileSchema = z.record(z.string(), EntrySchema);
const SecretsSchema = z.object({ key: z.string(), headers: z.record(z.string(), z.string()) });
type Entries = z.infer<typeof FileSchema>;
export type Secrets = z.infer<typeof SecretsSchema>;

const NONE: Secrets = { key: '', headers: {} };

/**
 * API keys and headers of connections, in a file of their own that only its owner reads, encrypted where the host can. The settings are
 * sent to every page; this is sent to the server alone, and only to the origin that it was entered for.
 */
export class ConnectionKeys {
  readonly #file: string;
  readonly #cipher: KeyCipher | null;
  readonly #log: (line: string) => void;
  #all: Entries;

  constructor(file: string, cipher: KeyCipher | null, log: (line: string) => void) {
    this.#file = file;
    this.#cipher = cipher;
    this.#log = log;
    this.#all = read(file);
  }

  /** Empty where nothing was entered for this address. @throws AppError where what was entered cannot be read here */
  get({ id, name }: Pick<Connection, 'id' | 'name'>, url: string): Secrets {
    const entry = this.#all[id];
    if (!entry || entry.origin !== originOf(url)) return NONE;
    const secrets = this.#open(entry);
    if (secrets) return secrets;
    throw new AppError(
      'remote-failed',
      `The API key of ${name} cannot be read here, as it was kept by another user or by the app's own window. Enter it again.`,
      { kind: 'remote-key-unreadable', name },
    );
  }

  /** What may be shown of it. */
  describe(id: string, url: string): { readonly hasKey: boolean; readonly headers: readonly string[] } {
    const entry = this.#all[id];
    if (!entry || entry.origin !== originOf(url)) return { hasKey: false, headers: [] };
    const secrets = this.#open(entry);
    // What cannot be read was entered all the same.
    return secrets
      ? { hasKey: secrets.key !== '', headers: Object.keys(secrets.headers) }
      : { hasKey: true, headers: [] };
  }

  /** What is absent stays as it is, if it was entered for the same origin. */
  set(id: string, url: string, { key, headers }: ConnectionSecrets): void {
    if (key === undefined && headers === undefined) return;
    const entry = this.#all[id];
    const before = entry?.origin === originOf(url) ? (this.#open(entry) ?? NONE) : NONE;
    const next: Secrets = { key: key ?? before.key, headers: headers ?? before.headers };
    const { [id]: _, ...rest } = this.#all;
    const isEmpty = next.key === '' && Object.keys(next.headers).length === 0;
    this.#all = isEmpty ? rest : { ...rest, [id]: this.#close(next, url) };
    this.#write();
  }

  /** Of connections that there are no more. */
  keepOnly(ids: ReadonlySet<string>): void {
    const rest = Object.entries(this.#all).filter(([id]) => ids.has(id));
    if (rest.length === Object.keys(this.#all).length) return;
    this.#all = Object.fromEntries(rest);
    this.#write();
  }

  #close(secrets: Secrets, url: string): Entries[string] {
    const text = JSON.stringify(secrets);
    const encrypted = this.#cipher !== null;
    return { origin: originOf(url), encrypted, secrets: this.#cipher?.encrypt(text) ?? text };
  }

  #open({ encrypted, secrets }: Entries[string]): Secrets | null {
    try {
      if (encrypted && !this.#cipher) return null;
      const text = encrypted && this.#cipher ? this.#cipher.decrypt(secrets) : secrets;
      return SecretsSchema.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }

  #write(): void {
    try {
      if (Object.keys(this.#all).length === 0) rmSync(this.#file, { force: true });
      else writePrivately(this.#file, `${JSON.stringify(this.#all, null, 2)}\n`);
    } catch (error) {
      // They hold until the app ends. The file's name says nothing of what is in it.
      this.#log(`The keys of connections could not be kept in ${this.#file} (${String(error)}).`);
    }
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function read(file: string): Entries {
  try {
    return FileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // None yet, or one that was damaged: the user enters them again.
    return {};
  }
}
