import { z } from 'zod';
import type { Connection, ConnectionSecrets } from '../../contract/connections';
import { AppError } from '../../contract/errors';
import { PrivateEntries } from '../private-file';

/** The system's own store of secrets, where a host has one. */
export interface KeyCipher {
  /** Whether it hides anything here. */
  available(): Promise<boolean>;
  /** As text that can stand in JSON. */
  encrypt(text: string): Promise<string>;
  /** Rejects where it was encrypted by another user, or on another machine. */
  decrypt(text: string): Promise<string>;
}

const EntrySchema = z.object({
  origin: z.string(),
  /** What may be shown of it without opening it. */
  hasKey: z.boolean(),
  headers: z.array(z.string()),
  encrypted: z.boolean(),
  /** JSON of `SecretsSchema`, perhaps encrypted. */
  secrets: z.string(),
});
type Entry = z.infer<typeof EntrySchema>;
const SecretsSchema = z.object({ key: z.string(), headers: z.record(z.string(), z.string()) });
export type Secrets = z.infer<typeof SecretsSchema>;

const NONE: Secrets = { key: '', headers: {} };

/**
 * API keys and headers of connections, in a file of their own that only its owner reads, encrypted where the host can. The settings are
 * sent to every page; this is sent to the server alone, and only to the origin that it was entered for.
 */
export class ConnectionKeys {
  readonly #entries: PrivateEntries<Entry>;
  readonly #cipher: KeyCipher | null;
  /** What was opened already; null where it cannot be. */
  readonly #open = new Map<Entry, Promise<Secrets | null>>();

  constructor(file: string, cipher: KeyCipher | null, log: (line: string) => void) {
    this.#cipher = cipher;
    // The file's name says nothing of what is in it.
    this.#entries = new PrivateEntries(file, EntrySchema, (reason) =>
      log(`The keys of connections could not be kept ${reason}.`),
    );
  }

  /** Empty where nothing was entered for this address. @throws AppError where what was entered cannot be read here */
  async get({ id, name }: Pick<Connection, 'id' | 'name'>, url: string): Promise<Secrets> {
    const entry = this.#entry(id, url);
    if (!entry) return NONE;
    const secrets = await this.#opened(entry);
    if (secrets) return secrets;
    throw new AppError(
      'remote-failed',
      `The API key of ${name} cannot be read here, as it was kept by another user or by the app's own window. Enter it again.`,
      { kind: 'remote-key-unreadable', name },
    );
  }

  /** What may be shown of it. */
  describe(id: string, url: string): { readonly hasKey: boolean; readonly headers: readonly string[] } {
    const { hasKey = false, headers = [] } = this.#entry(id, url) ?? {};
    return { hasKey, headers };
  }

  /** What is absent stays as it is, if it was entered for the same origin. */
  async set(id: string, url: string, { key, headers }: ConnectionSecrets): Promise<void> {
    if (key === undefined && headers === undefined) return;
    const entry = this.#entry(id, url);
    const before = (entry && (await this.#opened(entry))) ?? NONE;
    const next: Secrets = { key: key ?? before.key, headers: headers ?? before.headers };
    const isEmpty = next.key === '' && Object.keys(next.headers).length === 0;
    this.#entries.set(id, isEmpty ? null : await this.#close(next, url));
  }

  /** Of connections that there are no more. */
  keepOnly(ids: ReadonlySet<string>): void {
    this.#entries.keepOnly(ids);
  }

  /** What was entered for another origin is none. */
  #entry(id: string, url: string): Entry | null {
    const entry = this.#entries.get(id);
    return entry?.origin === originOf(url) ? entry : null;
  }

  async #close(secrets: Secrets, url: string): Promise<Entry> {
    const text = JSON.stringify(secrets);
    const cipher = (await this.#cipher?.available().catch(() => false)) ? this.#cipher : null;
    const entry: Entry = {
      origin: originOf(url),
      hasKey: secrets.key !== '',
      headers: Object.keys(secrets.headers),
      encrypted: cipher !== null,
      secrets: (await cipher?.encrypt(text)) ?? text,
    };
    this.#open.set(entry, Promise.resolve(secrets));
    return entry;
  }

  #opened(entry: Entry): Promise<Secrets | null> {
    const known = this.#open.get(entry);
    if (known) return known;
    const opened = this.#decrypt(entry);
    this.#open.set(entry, opened);
    return opened;
  }

  async #decrypt({ encrypted, secrets }: Entry): Promise<Secrets | null> {
    try {
      if (encrypted && !this.#cipher) return null;
      const text = encrypted && this.#cipher ? await this.#cipher.decrypt(secrets) : secrets;
      return SecretsSchema.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
