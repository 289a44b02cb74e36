import type { EventName, Events } from '../../electron/contract/api';
import type {
  Connection,
  ConnectionRequests,
  ConnectionStatus,
  FoundServer,
  RemoteModel,
} from '../../electron/contract/connections';
import type { ModelInfo } from '../../electron/contract/manifest';
import type { Settings } from '../../electron/contract/settings';

/** Of the address: `remote` for connections, one of which does not answer; `remote=chosen` where one of their models is the usual one. */

const model = (id: string, more: Partial<RemoteModel> = {}): RemoteModel => ({
  id,
  contextLength: 25_480,
  images: false,
  audio: false,
  tools: true,
  thinking: 'template',
  learned: { refuses: [], opensThinking: false },
  ...more,
});

const PHONE = model('zai-org/AutoGLM-Phone-9B', { images: true, tools: false });

const BOX: Connection = {
  id: 'gpu-box.local',
  name: 'GPU box',
  url: 'http://gpu-box.local:8000/v1',
  server: 'vllm',
  enabled: true,
  models: [PHONE, model('Qwen/Qwen3-32B', { contextLength: 40_960 })],
};
const LAPTOP: Connection = {
  id: 'laptop.local',
  name: 'Laptop',
  url: 'http://laptop.local:11434/v1',
  server: 'ollama',
  enabled: true,
  models: [model('gemma3:12b', { images: true, tools: false, thinking: 'none', contextLength: 8_192 })],
};

const FOUND: FoundServer = {
  url: BOX.url,
  server: 'vllm',
  unencrypted: true,
  models: [...BOX.models, model('Qwen/Qwen3-Embedding-4B')].map((found) => ({
    ...found,
    other: found.id.includes('Embedding'),
  })),
};

export const mockConnectionList = (query: URLSearchParams): readonly Connection[] =>
  query.has('remote') ? [BOX, LAPTOP] : [];

/** Only what the lists and the header show. */
export function mockRemoteModels({ connections }: Pick<Settings, 'connections'>): readonly ModelInfo[] {
  return connections.flatMap(({ id, name, url, models }) =>
    models.map((one) => ({
      id: `${id}/${one.id}`,
      family: 'remote',
      name: one.id.split('/').at(-1) ?? one.id,
      license: '',
      source: url,
      modalities: one.images ? ['text', 'image'] : ['text'],
      contextLength: one.contextLength,
      maxOutputTokens: one.contextLength,
      reasoning: { open: '<think>', close: '</think>', default: true },
      generation: {},
      remote: { connectionId: id, name, host: new URL(url).host, unencrypted: true },
    })),
  );
}

export const mockUsualRemote = (query: URLSearchParams): string | null =>
  query.get('remote') === 'chosen' ? `${BOX.id}/${PHONE.id}` : null;

type Emit = <K extends EventName>(name: K, payload: Events[K]) => void;

export function mockConnections(
  query: URLSearchParams,
  settings: () => Settings,
  update: (change: Partial<Settings>) => void,
  emit: Emit,
): {
  readonly [K in keyof ConnectionRequests]: (
    ...args: Parameters<ConnectionRequests[K]>
  ) => ReturnType<ConnectionRequests[K]> | Promise<ReturnType<ConnectionRequests[K]>>;
} {
  const removed = new Map<string, Connection>();
  const statuses = (): readonly ConnectionStatus[] =>
    settings().connections.map(({ id }) => ({
      id,
      state: id === LAPTOP.id ? 'failed' : 'reachable',
      error:
        id === LAPTOP.id
          ? {
              code: 'remote-failed',
              message: 'laptop.local:11434 cannot be reached (ECONNREFUSED).',
              details: { kind: 'remote-unreachable', host: 'laptop.local:11434' },
            }
          : null,
      hasKey: id === BOX.id,
      headers: [],
    }));
  const keep = (connections: readonly Connection[]) => {
    update({ connections: [...connections] });
    emit('connections.changed', statuses());
    emit('models.changed', null);
  };
  return {
    'connections.statuses': statuses,
    'connections.test': async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (!query.has('remote')) {
        throw {
          code: 'remote-failed',
          message: 'gpu-box.local:8000 cannot be reached (ECONNREFUSED).',
          details: { kind: 'remote-unreachable', host: 'gpu-box.local:8000' },
        };
      }
      return FOUND;
    },
    'connections.check': () => emit('connections.changed', statuses()),
    'connections.save': (draft) => {
      const connection: Connection = { ...draft, id: draft.id ?? `new-${settings().connections.length}` };
      const { connections } = settings();
      const isKnown = connections.some(({ id }) => id === connection.id);
      keep(
        isKnown
          ? connections.map((other) => (other.id === connection.id ? connection : other))
          : [...connections, connection],
      );
      return connection;
    },
    'connections.remove': (id) => {
      const gone = settings().connections.find((connection) => connection.id === id);
      if (gone) removed.set(id, gone);
      keep(settings().connections.filter((connection) => connection.id !== id));
    },
    'connections.restore': (id) => {
      const back = removed.get(id);
      if (back) keep([...settings().connections, back]);
    },
  };
}
