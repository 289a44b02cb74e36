import i18next from 'i18next';
import { create } from 'zustand';
import type { ModelEntry, ModelOptions, ModelsPage, ModelTask } from '../../electron/contract/models';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { loadEngine } from './engine';
import { showError, showToast } from './toasts';
import { useUi } from './ui';

interface ModelsState {
  readonly open: boolean;
  readonly adding: boolean;
  /** A model is looked for on a hub. */
  readonly getting: boolean;
  /** Null until the app has answered. */
  readonly page: ModelsPage | null;
  readonly tasks: readonly ModelTask[];
  /** Since the page was opened: they can be brought back. */
  readonly removed: readonly { readonly id: string; readonly name: string }[];
}

export const useModels = create<ModelsState>(() => ({
  open: false,
  adding: false,
  getting: false,
  page: null,
  tasks: [],
  removed: [],
}));

export function openModels(): void {
  useModels.setState({ open: true, adding: false, getting: false, removed: [] });
  useUi.setState({ settings: null, paletteOpen: false });
  void loadModelsPage();
}

/** The same page, where models are got. */
export function openGetModel(): void {
  const { open } = useModels.getState();
  if (!open) openModels();
  useModels.setState({ adding: false, getting: true });
}

export function closeModels(): void {
  useModels.setState({ open: false, adding: false, getting: false });
}

/** From adding a model back to those that are installed. */
export function closeAddModel(): void {
  useModels.setState({ adding: false, getting: false });
  void loadModelsPage();
}

/** The page is asked for again while it is awaited, and a slow answer may come after a newer one. */
let pagesAsked = 0;
let pageShown = 0;

export async function loadModelsPage(): Promise<void> {
  await attempt(async () => {
    const app = bridge();
    const asked = ++pagesAsked;
    await Promise.all([
      app.request('models.page').then((page) => {
        if (asked < pageShown) return;
        pageShown = asked;
        useModels.setState({ page });
      }),
      app.request('models.tasks').then((tasks) => useModels.setState({ tasks })),
    ]);
  });
}

/** What was fetched while nobody watched is said. */
export function tasksChanged(tasks: readonly ModelTask[]): void {
  const before = useModels.getState();
  useModels.setState({ tasks });
  for (const { id, kind, state, name } of tasks) {
    const was = before.tasks.find((task) => task.id === id)?.state;
    if (kind !== 'get' || before.open || was === undefined || was === state) continue;
    if (state === 'done') showToast(i18next.t('modelTasks.ready', { name }));
    if (state === 'failed') showToast(i18next.t('modelTasks.getFailed', { name }));
  }
}

/** Models came or went: everything that names them asks again. */
export function modelsChanged(): void {
  void loadEngine().catch((error: unknown) => showError(errorInfo(error)));
  if (useModels.getState().open) void loadModelsPage();
}

export async function setDefaultModel({ manifest: { id, name } }: ModelEntry): Promise<void> {
  await attempt(async () => {
    await bridge().request('models.setDefault', id);
    showToast(i18next.t('modelsPage.defaultSet', { name }));
  });
}

/** What was chosen last, while the app loads the models with it: the page may show it later, and the next choice adds to it. */
const chosen = new Map<string, ModelOptions>();

export async function changeModelOptions(
  id: string,
  change: (options: ModelOptions) => ModelOptions,
): Promise<void> {
  const shown = useModels.getState().page?.models.find(({ manifest }) => manifest.id === id)?.options;
  const next = change(chosen.get(id) ?? shown ?? {});
  chosen.set(id, next);
  await attempt(async () => {
    await bridge().request('models.setOptions', id, next);
  });
  if (chosen.get(id) === next) chosen.delete(id);
}

/** One of the options: `undefined` leaves it to the settings. */
export function withOption<K extends keyof ModelOptions>(
  key: K,
  value: ModelOptions[K] | undefined,
): (options: ModelOptions) => ModelOptions {
  return ({ [key]: _, ...rest }) => (value === undefined ? rest : { ...rest, [key]: value });
}

export async function removeModel({ manifest: { id, name } }: ModelEntry): Promise<void> {
  await attempt(async () => {
    await bridge().request('models.remove', id);
    useModels.setState(({ removed }) => ({ removed: [...removed, { id, name }] }));
  });
}

export async function restoreModel(id: string): Promise<void> {
  await attempt(async () => {
    await bridge().request('models.restore', id);
    useModels.setState(({ removed }) => ({ removed: removed.filter((one) => one.id !== id) }));
  });
}

/** Runs what may be refused; says why it was. @returns whether it worked. */
export async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    showError(errorInfo(error));
    return false;
  }
}
