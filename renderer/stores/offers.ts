import { create } from 'zustand';
import type { PromptInfo } from '../../electron/contract/tools';

interface OffersState {
  /** The prompt whose arguments are asked for. */
  readonly filling: { readonly serverId: string; readonly prompt: PromptInfo } | null;
}

export const useOffers = create<OffersState>(() => ({ filling: null }));
