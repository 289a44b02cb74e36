import type { AppBridge } from '../../electron/contract/api';
import { connectWebSocket } from './websocket';

let current: AppBridge | null = null;

/**
 * Picks what carries the page's requests: Electron's preload, or in a browser the headless host's WebSocket. While developing,
 * `?mock` puts a scripted app in their place; a production build leaves that file out.
 */
export async function connect(): Promise<void> {
  if (window.autoglm) current = window.autoglm;
  else if (import.meta.env.MODE !== 'production' && new URLSearchParams(location.search).has('mock')) {
    current = (await import('./mock')).createMockBridge();
  } else current = connectWebSocket();
}

/** For tests. */
export function setBridge(bridge: AppBridge): void {
  current = bridge;
}

export function bridge(): AppBridge {
  if (!current) throw new Error('bridge() was called before connect()');
  return current;
}
