/// <reference types="vite/client" />
import type { AppBridge } from '../electron/contract/api';

declare global {
  interface Window {
    /** Set by Electron's preload; absent in a browser. */
    readonly autoglm?: AppBridge;
  }
}
