import { create } from 'zustand';
import type { ErrorInfo } from '../../electron/contract/errors';
import type { HubGetRequest, HubHit, HubModel, HubState } from '../../electron/contract/hub';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { attempt, closeAddModel } from './models';

/** Finding a model on a hub: what was typed, what was found, what is looked at. */
interface Hub {
  readonly query: string;
  /** What is being waited for: a search, or a repository's description. */
  readonly busy: string | null;
  /** Null: the suggestions. */
  readonly hits: readonly HubHit[] | null;
  readonly model: HubModel | null;
  readonly error: ErrorInfo | null;
  /** Null until the app has said. */
  readonly state: HubState | null;
}

const NOTHING: Hub = { query: '', busy: null, hits: null, model: null, error: null, state: null };

export const useHub = create<Hub>(() => NOTHING);

/** A slow answer to an earlier question must not replace that to a later one. */
let asked = 0;

export function beginHub(): void {
  asked += 1;
  useHub.setState({ ...NOTHING, state: useHub.getState().state });
  void loadHubState();
}

export async function loadHubState(): Promise<void> {
  await attempt(async () => useHub.setState({ state: await bridge().request('hub.state') }));
}

/** `owner/name` and addresses of pages are looked at, all else is searched for. */
const isAddress = (text: string): boolean => /^(https?:\/\/\S+|[\w.-]+\/[\w.-]+(@\S+)?)$/.test(text.trim());

export async function submitQuery(): Promise<void> {
  const { query } = useHub.getState();
  const text = query.trim();
  if (!text) return;
  await (isAddress(text) ? lookAt(text) : searchHub(text));
}

async function searchHub(query: string): Promise<void> {
  await ask(query, async () => ({ hits: await bridge().request('hub.search', query) }));
}

export async function lookAt(address: string): Promise<void> {
  await ask(address, async () => ({ model: await bridge().request('hub.look', address) }));
}

async function ask(what: string, work: () => Promise<Partial<Hub>>): Promise<void> {
  const mine = ++asked;
  useHub.setState({ busy: what, error: null });
  try {
    const found = await work();
    if (mine === asked) useHub.setState({ ...found, busy: null });
  } catch (error) {
    if (mine === asked) useHub.setState({ busy: null, error: errorInfo(error) });
  }
}

export function showSuggestions(): void {
  asked += 1;
  useHub.setState({ hits: null, query: '', error: null, busy: null });
}

export function leaveModel(): void {
  useHub.setState({ model: null, error: null });
}

/** Its progress is on the page of models. */
export async function getModel(request: HubGetRequest): Promise<void> {
  const begun = await attempt(async () => {
    await bridge().request('hub.get', request);
  });
  if (begun) closeAddModel();
}

export async function setEndpoint(endpoint: string | null): Promise<boolean> {
  return attempt(async () => {
    useHub.setState({ state: await bridge().request('hub.setEndpoint', endpoint), hits: null, error: null });
  });
}

export async function setToken(token: string | null): Promise<boolean> {
  return attempt(async () => useHub.setState({ state: await bridge().request('hub.setToken', token) }));
}
