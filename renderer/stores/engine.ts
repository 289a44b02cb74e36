import { create } from 'zustand';
import type { ModelProblem } from '../../electron/contract/api';
import type { EngineStatus } from '../../electron/contract/engine';
import type { ModelInfo } from '../../electron/contract/manifest';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { showError } from './toasts';

interface EngineState {
  readonly status: EngineStatus;
  readonly models: readonly ModelInfo[];
  readonly problems: readonly ModelProblem[];
  /** What answers conversations without a choice of their own; null where nothing is installed. */
  readonly usual: string | null;
}

export const useEngine = create<EngineState>(() => ({
  status: { state: 'stopped' },
  models: [],
  problems: [],
  usual: null,
}));

/** Every answer is kept the moment it comes: kept together, an early one would undo what the app has said since. */
export async function loadEngine(): Promise<void> {
  const app = bridge();
  await Promise.all([
    app.request('engine.status').then((status) => useEngine.setState({ status })),
    app.request('models.list').then((models) => useEngine.setState({ models })),
    app.request('models.problems').then((problems) => useEngine.setState({ problems })),
    loadUsual(),
  ]);
}

/** The choice in the settings has changed. */
export async function loadUsual(): Promise<void> {
  useEngine.setState({ usual: await bridge().request('models.usual') });
}

/** `force`: even where less memory is free than it needs. */
export async function loadModel(id: string, force = false): Promise<void> {
  try {
    await bridge().request('models.load', id, ...(force ? [true] : []));
  } catch (error) {
    // A load that fails also shows in the status, with its reason; a second notice would only repeat it.
    if (useEngine.getState().status.state !== 'failed') showError(errorInfo(error));
  }
}

/** The model in use or, while it is loading, about to be. */
export function currentManifest(state: EngineState): ModelInfo | undefined {
  const { status, models } = state;
  if (status.state === 'ready' || status.state === 'unloaded') return status.model.manifest;
  if (status.state === 'loading' || status.state === 'failed') {
    return models.find(({ id }) => id === status.modelId);
  }
  return undefined;
}
