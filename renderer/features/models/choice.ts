import { create } from 'zustand';
import type { ErrorInfo } from '../../../electron/contract/errors';
import type { FolderListing, FoundModel } from '../../../electron/contract/models';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';

/** The folder that is being chosen, and what is in it. */
interface Choice {
  readonly path: string;
  readonly listing: FolderListing | null;
  readonly looking: boolean;
  readonly found: FoundModel | null;
  readonly error: ErrorInfo | null;
}

const NOTHING: Choice = { path: '', listing: null, looking: false, found: null, error: null };

export const useChoice = create<Choice>(() => NOTHING);

export function beginChoice(): void {
  useChoice.setState({ found: null, error: null, looking: false });
  if (useChoice.getState().listing === null) void browse(null);
}

/** `null`: where one begins. That fills in nothing: it may come just as somebody begins to type. */
export async function browse(path: string | null): Promise<void> {
  const before = useChoice.getState().path;
  try {
    const listing = await bridge().request('models.browse', path);
    const asked = path !== null && useChoice.getState().path === before;
    useChoice.setState(asked ? { listing, path: listing.path, error: null } : { listing });
  } catch (error) {
    useChoice.setState({ error: errorInfo(error) });
  }
}

/** The system's own dialog, where there is a window of our own. */
export async function chooseInDialog(): Promise<void> {
  try {
    const path = await bridge().request('shell.chooseFolder');
    if (path !== null) await lookInto(path);
  } catch (error) {
    useChoice.setState({ error: errorInfo(error) });
  }
}

export async function lookInto(path: string): Promise<void> {
  useChoice.setState({ path, looking: true, found: null, error: null });
  try {
    const found = await bridge().request('models.inspect', path);
    if (useChoice.getState().path === path) useChoice.setState({ found, looking: false });
  } catch (error) {
    useChoice.setState({ error: errorInfo(error), looking: false });
  }
}
