import type { Events, RequestHandlers } from '../../electron/contract/api';
import { AppError, type ErrorInfo } from '../../electron/contract/errors';
import type {
  FoundModel,
  Hardware,
  ModelEntry,
  ModelRequests,
  ModelTask,
} from '../../electron/contract/models';
import type { Settings } from '../../electron/contract/settings';
import { manifest } from './mock-data';
import { sampleDownloads } from './mock-hub';

type Emit = <K extends keyof Events>(name: K, payload: Events[K]) => void;

const GB = 2 ** 30;

/** The models page of the scripted app: `gpu` (how many), `cuda` (installed, absent), `task` (running, failed, stopped). */
export function mockModels(
  query: URLSearchParams,
  emit: Emit,
  settings: () => Settings,
): Pick<RequestHandlers, keyof ModelRequests> {
  let tasks: readonly ModelTask[] = query.has('downloads')
    ? sampleDownloads
    : query.has('task')
      ? [sampleTask(query.get('task') ?? 'running')]
      : [];
  let removed: ModelEntry | null = null;
  let models = sampleModels();
  const setTasks = (next: readonly ModelTask[]) => {
    tasks = next;
    emit('models.tasks', tasks);
  };
  const begin = (kind: ModelTask['kind'], name: string): ModelTask => {
    const task: ModelTask = { ...sampleTask('running'), id: `t${tasks.length}`, kind, name, fraction: 0 };
    setTasks([...tasks, task]);
    return task;
  };
  const found: FoundModel = {
    kind: 'checkpoint',
    name: 'AutoGLM-Phone-9B',
    family: 'glm4v',
    parameters: 10_292_777_472,
    bytes: 20_585_554_944,
    blocks: [32, 64, 128],
  };
  return {
    'models.page': () => ({
      models: models.map((model) => ({
        ...model,
        options: settings().modelOptions[model.manifest.id] ?? {},
      })),
      hardware: sampleHardware(Number(query.get('gpu') ?? 0), query.get('cuda') !== 'absent'),
    }),
    'models.setDefault': () => {},
    'models.setOptions': () => emit('models.changed', null),
    'models.inspect': (path) => {
      if (path.includes('nothing'))
        throw new AppError('model-unsupported', `There is no folder ${path}.`, {
          kind: 'folder-missing',
          folder: path,
        });
      return found;
    },
    'models.import': () => begin('import', found.name),
    'models.convert': ({ name }) => begin('convert', name),
    'models.verify': () => begin('verify', manifest.name),
    'models.tasks': () => tasks,
    'models.stopTask': (id) =>
      setTasks(tasks.map((task) => (task.id === id ? { ...task, state: 'stopped', resumable: true } : task))),
    'models.resumeTask': (id) =>
      setTasks(tasks.map((task) => (task.id === id ? { ...task, state: 'running' } : task))),
    'models.dismissTask': (id) => setTasks(tasks.filter((task) => task.id !== id)),
    'models.remove': (id) => {
      removed = models.find((model) => model.manifest.id === id) ?? null;
      models = models.filter((model) => model.manifest.id !== id);
      emit('models.changed', null);
    },
    'models.restore': () => {
      if (removed) models = [...models, removed];
      emit('models.changed', null);
    },
    'models.browse': (path) => ({
      path: path ?? '/home/you',
      parent: path ? '/home/you' : '/home',
      folders: [
        { name: 'AutoGLM-Phone-9B', model: true },
        { name: 'Documents', model: false },
        { name: 'Downloads', model: false },
      ],
      model: false,
    }),
    'models.cudaLibraries': (ask) => ({
      state: query.get('cuda') === 'absent' ? 'absent' : 'installed',
      reason: null,
      cuda: 13,
      packages: ask || query.get('cuda') !== 'absent' ? SAMPLE_PACKAGES : [],
    }),
    'models.installCudaLibraries': () => begin('libraries', 'CUDA 13'),
    'models.removeCudaLibraries': () => {},
  };
}

/** Sizes of the scripted app alone; the real ones come from the registries. */
const SAMPLE_PACKAGES = [
  { name: 'onnxruntime', version: '1.29.0', bytes: 300e6, host: 'github.com' },
  { name: 'nvidia-cublas', version: '13.10.0.20', bytes: 400e6, host: 'files.pythonhosted.org' },
  { name: 'nvidia-cudnn-cu13', version: '9.27.0.42', bytes: 500e6, host: 'files.pythonhosted.org' },
];

function sampleModels(): readonly ModelEntry[] {
  const nano: ModelEntry = {
    manifest,
    folder: '/app/models/nano',
    builtIn: true,
    bytes: 37.5e6,
    speeds: [{ provider: 'cpu', answers: 42, tokensPerSecond: 951, firstTokenMs: 25 }],
    options: {},
    verifiedAt: null,
    memoryNeeded: 208_000_000,
  };
  const phone: ModelEntry = {
    manifest: {
      ...manifest,
      id: 'autoglm-phone-9b',
      name: 'AutoGLM-Phone-9B',
      family: 'glm4v',
      parameters: 10_292_777_472,
      modalities: ['text', 'image'],
      contextLength: 65_536,
      graphs: { ...manifest.graphs, cuda: { activation: 'float16', files: {} } },
    },
    folder: '/home/you/models/autoglm-phone-9b',
    builtIn: false,
    bytes: 5.8e9,
    speeds: [],
    options: {},
    verifiedAt: Date.UTC(2026, 10, 22, 9, 30),
    memoryNeeded: 6.9 * GB,
  };
  return [nano, phone];
}

function sampleHardware(gpus: number, cudaProvider: boolean): Hardware {
  return {
    memory: { totalBytes: 23 * GB, freeBytes: 14.2 * GB },
    processor: { name: 'AMD EPYC', threads: 2 },
    graphics: {
      gpus: Array.from({ length: gpus }, (_, id) => ({
        id,
        name: 'NVIDIA GeForce RTX 4060',
        totalBytes: 8 * GB,
        freeBytes: 7.4 * GB,
      })),
      driver: gpus > 0 ? { version: '580.65.06', cuda: '13.0' } : null,
      reason: gpus > 0 ? null : NO_DRIVER,
      runtime: { version: '1.29.0', cudaProvider: gpus > 0 && cudaProvider },
      providers: ['cuda', 'webgpu', 'cpu'],
      webgpu: null,
    },
    reclaimable: { provider: 'cpu', bytes: 0.1 * GB },
  };
}

const NO_DRIVER: ErrorInfo = {
  code: 'provider-unavailable',
  message: 'There is no NVIDIA driver on this machine (libcuda.so.1 was not found).',
  details: { kind: 'gpu-driver-missing', missing: 'libcuda.so.1' },
};

function sampleTask(state: string): ModelTask {
  const failed = state === 'failed';
  return {
    id: 'sample',
    kind: 'convert',
    name: 'AutoGLM-Phone-9B',
    modelId: 'autoglm-phone-9b',
    state: failed ? 'failed' : state === 'stopped' ? 'stopped' : 'running',
    phase: 'convert',
    fraction: 0.42,
    secondsLeft: failed ? null : 96,
    transfer: null,
    waiting: null,
    error: failed
      ? {
          code: 'model-unsupported',
          message:
            'lm_head.weight is truncated: it ends at byte 19,860,034,048, behind the 4,967,213,056 bytes of model-00004-of-00004.safetensors.',
          details: { kind: 'checkpoint-file-damaged', file: 'model-00004-of-00004.safetensors' },
        }
      : null,
    resumable: state !== 'running',
  };
}
