import type { RequestHandlers } from '../../electron/contract/api';
import { AppError } from '../../electron/contract/errors';
import {
  DEFAULT_HUB,
  type HubHit,
  type HubModel,
  type HubRequests,
  type HubState,
} from '../../electron/contract/hub';
import type { ModelTask } from '../../electron/contract/models';

const GB = 2 ** 30;

/** A hub for the scripted app, whose answers are the same every time; the sizes are those of nothing real. */
export function mockHub(query: URLSearchParams): Pick<RequestHandlers, keyof HubRequests> {
  let state: HubState = { endpoint: DEFAULT_HUB, endpointFromEnvironment: false, token: 'none' };
  return {
    'hub.state': () => state,
    'hub.setEndpoint': (endpoint) => {
      state = { ...state, endpoint: endpoint ?? DEFAULT_HUB };
      return state;
    },
    'hub.setToken': (token) => {
      state = { ...state, token: token === null ? 'none' : 'kept' };
      return state;
    },
    'hub.search': () => (query.has('nothing') ? [] : HITS),
    'hub.look': (address) => {
      if (query.has('unreachable')) {
        const message =
          'huggingface.co cannot be reached (connect ETIMEDOUT). Check the connection and try again.';
        throw new AppError('model-unsupported', message, {
          kind: 'host-unreachable',
          host: 'huggingface.co',
        });
      }
      return /onnx|Qwen/i.test(address) ? exported(address) : checkpoint(address, query.has('gated'));
    },
    'hub.get': () => sampleDownloads[0]!,
  };
}

const HITS: readonly HubHit[] = [
  {
    repository: 'openai/whisper-small',
    layout: 'checkpoint',
    downloads: 1_900_000,
    likes: 412,
    license: 'apache-2.0',
    gated: false,
  },
  {
    repository: 'onnx-community/Qwen2.5-0.5B-Instruct',
    layout: 'transformers-js',
    downloads: 61_000,
    likes: 17,
    license: null,
    gated: false,
  },
  {
    repository: 'somebody/a-model-with-terms',
    layout: 'genai',
    downloads: 940,
    likes: 3,
    license: 'other',
    gated: true,
  },
];

const COMMON = {
  revision: 'main',
  commit: '0123456789abcdef0123456789abcdef01234567',
  host: 'huggingface.co',
  downloads: 18_400,
  likes: 231,
  folder: '/home/you/.local/share/autoglm-desktop/models',
  freeBytes: 212 * GB,
} as const;

function checkpoint(repository: string, gated: boolean): HubModel {
  const shards = [4.98, 4.96, 4.97, 4.32].map((gigabytes, i) => ({
    path: `model-0000${i + 1}-of-00004.safetensors`,
    bytes: Math.round(gigabytes * 1e9),
  }));
  const files = [
    { path: 'config.json', bytes: 1_900 },
    { path: 'tokenizer.json', bytes: 19_970_000 },
    ...shards,
  ];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const result = (precision: 'int4' | 'int8' | 'fp16', gigabytes: number) =>
    ({ precision, bytes: gigabytes * 1e9, memoryNeeded: (gigabytes + 2.4) * 1e9, device: 'cpu' }) as const;
  return {
    ...COMMON,
    repository,
    name: repository.split('/')[1] ?? repository,
    license: 'mit',
    gated,
    variants: [
      {
        id: '',
        layout: 'checkpoint',
        files,
        bytes,
        family: 'glm4v',
        parameters: 10_292_777_472,
        results: [result('int4', 5.8), result('int8', 10.9), result('fp16', 20.6)],
      },
    ],
  };
}

function exported(repository: string): HubModel {
  const variant = (name: string, bytes: number) =>
    ({
      id: `onnx/${name}.onnx`,
      layout: 'transformers-js',
      files: [
        { path: 'config.json', bytes: 800 },
        { path: 'tokenizer.json', bytes: 7_031_000 },
        { path: `onnx/${name}.onnx`, bytes },
      ],
      bytes: bytes + 7_031_800,
      family: 'decoder',
      parameters: 494_000_000,
      results: [{ precision: null, bytes, memoryNeeded: bytes * 1.4, device: 'cpu' }],
    }) as const;
  return {
    ...COMMON,
    repository,
    name: repository.split('/')[1] ?? repository,
    license: 'apache-2.0',
    gated: false,
    variants: [variant('model_q4', 786e6), variant('model_int8', 512e6), variant('model_fp16', 997e6)],
  };
}

const TASK: ModelTask = {
  id: 'get',
  kind: 'get',
  name: 'AutoGLM-Phone-9B',
  modelId: 'autoglm-phone-9b',
  state: 'running',
  phase: 'download',
  fraction: 0.29,
  secondsLeft: 408,
  transfer: { bytes: 8.4e9, totalBytes: 20.6e9, bytesPerSecond: 29.9e6 },
  waiting: null,
  error: null,
  resumable: false,
};

/** One that comes, one behind it, one that was paused. */
export const sampleDownloads: readonly ModelTask[] = [
  TASK,
  {
    ...TASK,
    id: 'get2',
    name: 'whisper-small',
    state: 'queued',
    phase: null,
    fraction: 0,
    transfer: null,
    secondsLeft: null,
  },
  {
    ...TASK,
    id: 'get3',
    name: 'Qwen2.5-0.5B-Instruct q4',
    state: 'failed',
    fraction: 0.62,
    secondsLeft: null,
    error: {
      code: 'model-unsupported',
      message: 'huggingface.co has sent nothing for 30 seconds.',
      details: { kind: 'download-stalled', host: 'huggingface.co', seconds: 30 },
    },
    resumable: true,
  },
];
