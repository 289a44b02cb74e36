import { existsSync, statfsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { HandlersOf } from '../../contract/api';
import { isOwnAddress, isUnencrypted } from '../../contract/connections';
import { AppError } from '../../contract/errors';
import { DEFAULT_HUB, type HubGetRequest, type HubModel, type HubState } from '../../contract/hub';
import type { HubConnection, HubFound, HubOrder } from '../../contract/model-tool';
import type { ModelTask } from '../../contract/models';
import type { Settings } from '../../contract/settings';
import type { ConnectionKeys } from '../remote/keys';
import { resultsOf } from './hub-results';
import { type ModelTasks, type NewTask, silent } from './model-tasks';

export interface HubDeskOptions {
  readonly tasks: ModelTasks;
  /** Where models go, and where they lie until they are whole. */
  readonly models: string;
  readonly downloads: string;
  readonly keys: ConnectionKeys;
  readonly settings: () => Settings;
  readonly updateSettings: (change: Partial<Settings>) => void;
  /** The system's proxy for an address, as Electron knows it; absent: the environment alone says. */
  readonly proxyFor?: (url: string) => Promise<string | null>;
  /** An id that nothing has yet. */
  readonly freeId: (name: string) => Promise<{ readonly id: string; readonly number: number }>;
  /** Whether models run on a card here. */
  readonly hasGpu: () => Promise<boolean>;
}

/** Beside what is being fetched (models/builder/hub/get.ts). */
const ORDER_FILE = '.order.json';
const PARTS_FILE = '.download.json';

const OrderSchema: z.ZodType<HubOrder & { readonly totalBytes: number | null }> = z.object({
  repository: z.string(),
  revision: z.string(),
  commit: z.string(),
  variant: z.string(),
  precision: z.enum(['int4', 'int8', 'fp16']).nullable(),
  keepSource: z.boolean(),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  name: z.string(),
  license: z.string().nullable(),
  totalBytes: z.number().nullable(),
});
type Order = z.infer<typeof OrderSchema>;

const PartsSchema = z.record(
  z.string(),
  z.object({
    have: z.array(z.tuple([z.number(), z.number()])),
    whole: z.object({ bytes: z.number() }).nullish(),
  }),
);

/** Models from a Hugging Face hub: what there is, and the orders that are being carried out or wait to be gone on with. */
export class HubDesk {
  readonly #options: HubDeskOptions;
  /** As it was looked at last: what is ordered is what was seen. */
  readonly #seen = new Map<string, HubFound>();

  constructor(options: HubDeskOptions) {
    this.#options = options;
  }

  readonly handlers: HandlersOf<'hub'> = {
    'hub.state': () => this.#state(),
    'hub.setEndpoint': (endpoint) => {
      this.#options.updateSettings({ hubEndpoint: endpoint });
      this.#seen.clear();
      return this.#state();
    },
    'hub.setToken': (token) => this.#setToken(token),
    'hub.search': async (query) => {
      const connection = await this.#connection();
      const { hits = [] } = await this.#options.tasks.ask({ type: 'search-hub', connection, query });
      return hits;
    },
    'hub.look': (address) => this.#look(address),
    'hub.get': (request) => this.#get(request),
  };

  /** With everything else that the user entered. */
  forgetTokens(): void {
    this.#options.keys.keepOnly(new Set());
  }

  /** Ids that downloads have which are not done: nothing else may take them, or what they left. */
  isTaken(id: string): boolean {
    return existsSync(join(this.#options.downloads, id));
  }

  isUnfinished(id: string): boolean {
    return existsSync(join(this.#options.downloads, id, ORDER_FILE));
  }

  /** What an earlier run of the app had begun waits to be gone on with. */
  async begin(): Promise<void> {
    const { downloads, tasks } = this.#options;
    for (const id of await readdir(downloads).catch(() => [])) {
      const order = await readOrder(join(downloads, id));
      if (order?.id !== id) continue;
      const bytes = await bytesThere(join(downloads, id));
      const { totalBytes } = order;
      const fraction = totalBytes
        ? Math.min(1, bytes / totalBytes) * (order.precision === null ? 1 : 0.7)
        : 0;
      tasks.remember(this.#task(order), { fraction, transfer: { bytes, totalBytes, bytesPerSecond: null } });
    }
  }

  #endpoint(): { readonly url: string; readonly fromEnvironment: boolean } {
    const chosen = this.#options.settings().hubEndpoint;
    const environment = process.env.HF_ENDPOINT?.replace(/\/+$/, '');
    if (chosen !== null) return { url: chosen, fromEnvironment: false };
    return environment && URL.canParse(environment)
      ? { url: environment, fromEnvironment: true }
      : { url: DEFAULT_HUB, fromEnvironment: false };
  }

  #state(): HubState {
    const { url, fromEnvironment } = this.#endpoint();
    const kept = this.#options.keys.describe(keyId(url), url).hasKey;
    return {
      endpoint: url,
      endpointFromEnvironment: fromEnvironment,
      token: kept ? 'kept' : process.env.HF_TOKEN && this.#environmentTokenFits(url) ? 'environment' : 'none',
    };
  }

  /** The environment's token is for the hub that the environment names, or for the hub itself. */
  #environmentTokenFits(url: string): boolean {
    const { origin } = new URL(url);
    const { HF_ENDPOINT: own } = process.env;
    return origin === (own && URL.canParse(own) ? new URL(own).origin : DEFAULT_HUB);
  }

  async #setToken(token: string | null): Promise<HubState> {
    const { url } = this.#endpoint();
    if (token !== null && isUnencrypted(url)) {
      const { host } = new URL(url);
      throw new AppError(
        'invalid-request',
        `The connection to ${host} is not encrypted: whoever listens would have your token. Use its https address.`,
        { kind: 'hub-token-open', host },
      );
    }
    await this.#options.keys.set(keyId(url), url, { key: token ?? '' });
    return this.#state();
  }

  async #connection(): Promise<HubConnection> {
    const { url } = this.#endpoint();
    const { host } = new URL(url);
    const { key } = await this.#options.keys.get({ id: keyId(url), name: host }, url);
    const environment = this.#environmentTokenFits(url) ? process.env.HF_TOKEN : undefined;
    const said =
      process.env.HTTPS_PROXY || process.env.https_proxy || process.env.HTTP_PROXY || process.env.http_proxy;
    // What the environment says comes first; where it says nothing, the system does.
    const proxy = said || isOwnAddress(url) ? null : ((await this.#options.proxyFor?.(url)) ?? null);
    return { endpoint: url, token: key || environment || null, proxy };
  }

  async #look(address: string): Promise<HubModel> {
    const { tasks } = this.#options;
    const connection = await this.#connection();
    const { hub } = await tasks.ask({ type: 'look-at-hub', connection, address });
    if (!hub) throw silent(address);
    this.#seen.set(`${hub.repository} ${hub.commit}`, hub);
    const cuda = await this.#options.hasGpu();
    const folder = this.#options.models;
    return {
      ...hub,
      name: hub.repository.split('/')[1] ?? hub.repository,
      folder,
      freeBytes: freeBytes(folder),
      variants: hub.variants.map(({ architecture, ...variant }) => ({
        ...variant,
        family: architecture?.family ?? null,
        parameters: architecture?.parameters ?? null,
        results: resultsOf({ ...variant, architecture }, cuda),
      })),
    };
  }

  async #get(request: HubGetRequest): Promise<ModelTask> {
    const { tasks, downloads } = this.#options;
    const seen = this.#seen.get(`${request.repository} ${request.commit}`);
    const variant = seen?.variants.find(({ id }) => id === request.variant);
    if (!seen || !variant) {
      throw new AppError('not-found', `${request.repository} has to be looked at again.`, {
        kind: 'hub-variant-gone',
        repository: request.repository,
      });
    }
    const wanted = nameOf(request, variant.id);
    const { id, number } = await this.#options.freeId(wanted);
    const order: Order = {
      repository: seen.repository,
      revision: seen.revision,
      commit: seen.commit,
      variant: variant.id,
      precision: variant.layout === 'checkpoint' ? (request.precision ?? 'int4') : null,
      keepSource: request.keepSource,
      id,
      name: number === 1 ? wanted : `${wanted} (${number})`,
      license: seen.license,
      totalBytes: variant.bytes,
    };
    const into = join(downloads, id);
    await mkdir(into, { recursive: true, mode: 0o700 });
    await writeFile(join(into, ORDER_FILE), JSON.stringify(order));
    return tasks.start(this.#task(order));
  }

  #task({ totalBytes: _, ...order }: Order): NewTask {
    const { models, downloads } = this.#options;
    const into = join(downloads, order.id);
    const out = join(models, order.id);
    return {
      kind: 'get',
      name: order.name,
      modelId: order.id,
      // Hub, token and proxy may be others by the time it goes on.
      command: async () => ({ type: 'get', connection: await this.#connection(), order, into, out }),
      discard: async () => {
        await rm(into, { recursive: true, force: true });
        await rm(`${out}.convert`, { recursive: true, force: true });
      },
    };
  }
}

const keyId = (url: string): string => new URL(url).origin;

/** As people know it: the repository's name, and of several models in it which one. */
function nameOf({ repository }: HubGetRequest, variant: string): string {
  const name = repository.split('/')[1] ?? repository;
  const part = variant
    .split('/')
    .at(-1)
    ?.replace(/\.onnx$/, '')
    .replace(/^model_?/, '');
  return part ? `${name} ${part}` : name;
}

function freeBytes(folder: string): number {
  let parent = folder;
  while (!existsSync(parent) && dirname(parent) !== parent) parent = dirname(parent);
  const { bavail, bsize } = statfsSync(parent);
  return bavail * bsize;
}

async function readOrder(folder: string): Promise<Order | null> {
  try {
    return OrderSchema.parse(JSON.parse(await readFile(join(folder, ORDER_FILE), 'utf8')));
  } catch {
    return null;
  }
}

async function bytesThere(folder: string): Promise<number> {
  try {
    const parts = PartsSchema.parse(JSON.parse(await readFile(join(folder, PARTS_FILE), 'utf8')));
    return Object.values(parts).reduce(
      (sum, { have, whole }) =>
        sum + (whole?.bytes ?? have.reduce((all, [start, end]) => all + end - start, 0)),
      0,
    );
  } catch {
    return 0;
  }
}
