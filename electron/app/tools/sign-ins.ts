import { z } from 'zod';
import { AppError } from '../../contract/errors';
import type { ToolServer } from '../../contract/tool-servers';
import type { ToolServerState } from '../../contract/tools';
import { PrivateEntries } from '../private-file';

const EntrySchema = z.object({ url: z.string(), kept: z.string() });

/**
 * What servers of tools gave when the user signed in, by their ids: in a file of its own that only its owner reads, as the settings are
 * sent to the page. An address that was changed is another server, which gets nothing of it.
 */
export class SignIns {
  readonly #entries: PrivateEntries<z.infer<typeof EntrySchema>>;

  constructor(file: string, log: (line: string) => void) {
    this.#entries = new PrivateEntries(file, EntrySchema, (reason) =>
      log(`The sign-ins of tool servers could not be kept ${reason}.`),
    );
  }

  /** Null where it gave nothing: a program on this machine asks for no sign-in. */
  of({ id, transport }: ToolServer): string | null {
    const entry = this.#entries.get(id);
    return transport.type === 'http' && entry?.url === transport.url ? entry.kept : null;
  }

  /** @param kept null: it is forgotten. */
  set({ id, transport }: ToolServer, kept: string | null): void {
    const isKept = kept !== null && transport.type === 'http';
    this.#entries.set(id, isKept ? { url: transport.url, kept } : null);
  }

  /** Of servers that there are no more. */
  keepOnly(ids: ReadonlySet<string>): void {
    this.#entries.keepOnly(ids);
  }
}

/**
 * The address that a browser shows at the end of the sign-in that this server is at, as the user copied it: where it could not be led back to
 * the app by itself.
 *
 * @throws AppError `invalid-request` where it is none of this sign-in
 */
export function endOfSignIn(at: ToolServerState | undefined, address: string): string {
  const begun = at?.state === 'signing-in' && at.url !== null ? new URL(at.url) : null;
  const ended = URL.canParse(address.trim()) ? new URL(address.trim()) : null;
  const isOfIt =
    begun !== null &&
    ended !== null &&
    ended.searchParams.get('state') === begun.searchParams.get('state') &&
    (ended.searchParams.has('code') || ended.searchParams.has('error'));
  if (isOfIt) return ended.href;
  throw new AppError(
    'invalid-request',
    'This address is none of this sign-in. Copy the whole address that the browser shows at its end.',
    { kind: 'tool-sign-in-address' },
  );
}
