import type { HandlersOf } from '../../contract/api';
import {
  type Connection,
  type ConnectionDraft,
  type ConnectionSecrets,
  type ConnectionStatus,
  type FoundServer,
  remoteModelId,
} from '../../contract/connections';
import { AppError, type ErrorInfo, toErrorInfo } from '../../contract/errors';
import type { ModelInfo } from '../../contract/manifest';
import type { Settings } from '../../contract/settings';
import { check, discover } from '../../remote/discover';
import { type Lesson, RemoteEngine } from '../../remote/engine';
import type { Access, Fetch } from '../../remote/http';
import { type Draw, Media } from '../../remote/media';
import { Calibration } from '../../remote/tokens';
import type { ConnectionKeys, Secrets } from './keys';
import { learned, loadedModel, modelsOf, type Place } from './remote-models';

export interface ConnectionsOptions {
  readonly settings: () => Settings;
  readonly updateSettings: (change: Partial<Settings>) => void;
  readonly keys: ConnectionKeys;
  readonly fetch: Fetch;
  readonly draw: Draw;
  readonly changed: (statuses: readonly ConnectionStatus[]) => void;
  /** Models came, went or were changed. */
  readonly modelsChanged: () => void;
}

interface State {
  readonly state: ConnectionStatus['state'];
  readonly error: ErrorInfo | null;
}

const UNKNOWN: State = { state: 'unknown', error: null };
/** Looking who answers at an address takes several questions. */
const TEST_MS = 30_000;

/** The engines that the user connected to: what they are, how they are, and their models. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #media: Media;
  readonly #engines = new Map<string, RemoteEngine>();
  readonly #states = new Map<string, State>();
  readonly #checks = new Map<string, AbortController>();
  readonly #removed = new Map<string, { readonly connection: Connection; readonly secrets: Secrets }>();
  readonly #listeners = new Set<(connectionId: string) => void>();
  #known: readonly Connection[];

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#media = new Media(options.draw);
    this.#known = options.settings().connections;
    options.keys.keepOnly(new Set(this.#known.map(({ id }) => id)));
  }

  readonly handlers: HandlersOf<'connections'> = {
    'connections.statuses': () => this.statuses(),
    'connections.test': (draft) => this.#test(draft),
    'connections.check': async (id) => {
      const connection = this.#options.settings().connections.find((other) => other.id === id);
      if (connection) await this.#check(connection);
    },
    'connections.save': (connection, secrets) => this.#save(connection, secrets),
    'connections.remove': (id) => this.#remove(id),
    'connections.restore': (id) => this.#restore(id),
  };

  /** Of the connections that are switched on, in their order. */
  models(): readonly ModelInfo[] {
    return this.#options.settings().connections.flatMap((connection) => modelsOf(connection));
  }

  /** The engine of a model; null where no connection has it. */
  of(id: string): RemoteEngine | null {
    if (!this.#find(id)) return null;
    const known = this.#engines.get(id);
    if (known) return known;
    const engine = this.#open(id);
    this.#engines.set(id, engine);
    return engine;
  }

  statuses(): readonly ConnectionStatus[] {
    return this.#options.settings().connections.map(({ id, url }) => ({
      id,
      ...(this.#states.get(id) ?? UNKNOWN),
      ...this.#options.keys.describe(id, url),
    }));
  }

  /** Called with a connection whose state has changed. */
  onState(listener: (connectionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The settings have changed. */
  follow({ connections }: Settings): void {
    if (connections === this.#known) return;
    const before = this.#known;
    this.#known = connections;
    this.#options.keys.keepOnly(new Set(connections.map(({ id }) => id)));
    for (const { id, url } of before) {
      const now = connections.find((connection) => connection.id === id);
      // What was seen of another address says nothing of this one.
      if (now?.url !== url) this.#states.delete(id);
      if (!now) this.#checks.get(id)?.abort();
    }
    for (const id of this.#engines.keys()) if (!this.#find(id)) this.#engines.delete(id);
    if (JSON.stringify(before) !== JSON.stringify(connections)) {
      this.#options.changed(this.statuses());
      this.#options.modelsChanged();
    }
  }

  /** Looks whether the server of a model answers, which its status then says. Never fails. */
  async check(modelId: string): Promise<void> {
    const { connection } = this.#find(modelId) ?? {};
    if (connection) await this.#check(connection);
  }

  async #check(connection: Connection): Promise<void> {
    if (this.#checks.has(connection.id)) return;
    const abort = new AbortController();
    this.#checks.set(connection.id, abort);
    try {
      await check(await this.#access(connection), abort.signal);
      this.#reached(connection.id, null);
    } catch (error) {
      if (!abort.signal.aborted) this.#reached(connection.id, toErrorInfo(error));
    } finally {
      this.#checks.delete(connection.id);
    }
  }

  /** What was removed cannot be brought back any more. */
  forgetRemoved(): void {
    this.#removed.clear();
  }

  close(): void {
    for (const abort of this.#checks.values()) abort.abort();
  }

  #open(id: string): RemoteEngine {
    const calibration = new Calibration();
    const place = () => this.#require(id);
    return new RemoteEngine({
      connection: () => place().connection,
      model: () => place().model,
      access: () => this.#access(place().connection),
      loaded: () => loadedModel(place()),
      media: this.#media,
      calibration,
      state: () => this.#states.get(place().connection.id) ?? UNKNOWN,
      learn: (lesson) => this.#learn(id, lesson),
      reached: (error) => this.#reached(place().connection.id, error),
    });
  }

  async #test({ id, address, key, headers }: ConnectionDraft): Promise<FoundServer> {
    const { keys, fetch } = this.#options;
    const kept = this.#options.settings().connections.find((connection) => connection.id === id);
    const accessTo = async (url: string): Promise<Access> => {
      const before = kept && (key === undefined || headers === undefined) ? await keys.get(kept, url) : null;
      return {
        url,
        fetch,
        headers: requestHeaders({ key: key ?? before?.key ?? '', headers: headers ?? before?.headers ?? {} }),
      };
    };
    return discover(address, accessTo, AbortSignal.timeout(TEST_MS));
  }

  async #save(
    draft: Omit<Connection, 'id'> & { readonly id: string | null },
    secrets: ConnectionSecrets,
  ): Promise<Connection> {
    const { keys, settings, updateSettings } = this.#options;
    const id = draft.id ?? freeId(draft.url, settings().connections);
    const connection: Connection = { ...draft, id };
    // Before it is announced: the first question to it needs the key.
    await keys.set(id, connection.url, secrets);
    this.#states.delete(id);
    const { connections } = settings();
    const isKnown = connections.some((other) => other.id === id);
    updateSettings({
      connections: isKnown
        ? connections.map((other) => (other.id === id ? connection : other))
        : [...connections, connection],
    });
    this.#options.changed(this.statuses());
    return connection;
  }

  async #remove(id: string): Promise<void> {
    const { settings, updateSettings, keys } = this.#options;
    const { connections } = settings();
    const connection = connections.find((other) => other.id === id);
    if (!connection) return;
    // What cannot be read cannot be brought back.
    const secrets = await keys.get(connection, connection.url).catch(() => ({ key: '', headers: {} }));
    this.#removed.set(id, { connection, secrets });
    updateSettings({ connections: settings().connections.filter((other) => other.id !== id) });
  }

  async #restore(id: string): Promise<void> {
    const removed = this.#removed.get(id);
    if (!removed) throw gone();
    this.#removed.delete(id);
    await this.#options.keys.set(id, removed.connection.url, removed.secrets);
    const { connections } = this.#options.settings();
    if (connections.some((other) => other.id === id)) return;
    this.#options.updateSettings({ connections: [...connections, removed.connection] });
  }

  #learn(modelId: string, lesson: Lesson): void {
    const place = this.#find(modelId);
    if (!place) return;
    const model = learned(place.model, lesson);
    const { settings, updateSettings } = this.#options;
    updateSettings({
      connections: settings().connections.map((connection) =>
        connection.id === place.connection.id
          ? { ...connection, models: connection.models.map((own) => (own.id === model.id ? model : own)) }
          : connection,
      ),
    });
  }

  #reached(id: string, error: ErrorInfo | null): void {
    const before = this.#states.get(id) ?? UNKNOWN;
    const state: State = error ? { state: 'failed', error } : { state: 'reachable', error: null };
    if (before.state === state.state && before.error?.message === error?.message) return;
    this.#states.set(id, state);
    this.#options.changed(this.statuses());
    for (const listener of [...this.#listeners]) listener(id);
  }

  async #access(connection: Connection): Promise<Access> {
    const { keys, fetch } = this.#options;
    const { url } = connection;
    return { url, fetch, headers: requestHeaders(await keys.get(connection, url)) };
  }

  #find(modelId: string): Place | null {
    for (const connection of this.#options.settings().connections) {
      if (!connection.enabled || !modelId.startsWith(`${connection.id}/`)) continue;
      const model = connection.models.find(({ id }) => remoteModelId(connection.id, id) === modelId);
      if (model) return { connection, model };
    }
    return null;
  }

  #require(modelId: string): Place {
    const place = this.#find(modelId);
    if (place) return place;
    throw gone();
  }
}

const gone = () =>
  new AppError('not-found', 'This connection is no longer there. Choose another model, or add it again.', {
    kind: 'remote-gone',
  });

function requestHeaders({ key, headers }: Secrets): Readonly<Record<string, string>> {
  // A header of the user's own goes before.
  return { ...(key !== '' && { authorization: `Bearer ${key}` }), ...lowerCased(headers) };
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** From the address, as it stands in the names of its models: `gpu-box.local/qwen3`. */
function freeId(url: string, connections: readonly Connection[]): string {
  const wanted =
    new URL(url).hostname
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-')
      .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
      .slice(0, 40) || 'engine';
  for (let number = 1; ; number++) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (!connections.some((other) => other.id === id)) return id;
  }
}
