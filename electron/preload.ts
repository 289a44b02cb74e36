import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';
import type { AppBridge, EventName } from './contract/api';
import { EVENT_CHANNEL, LISTENING_CHANNEL, REQUEST_CHANNEL } from './shell/channels';
import type { IpcAnswer } from './shell/ipc';

/**
 * The one object the page gets. It can name a request and hear events; it cannot reach `ipcRenderer`, a channel or Node. Main
 * checks every call again, as it must.
 */

const listeners = new Map<EventName, Set<(payload: never) => void>>();
let listening = false;

ipcRenderer.on(EVENT_CHANNEL, (_event: IpcRendererEvent, name: EventName, payload: unknown) => {
  for (const listener of [...(listeners.get(name) ?? [])]) listener(payload as never);
});

const bridge: AppBridge = {
  async request(name, ...args) {
    const answer = (await ipcRenderer.invoke(REQUEST_CHANNEL, name, args)) as IpcAnswer;
    // Not an Error: the bridge between the worlds would keep no more of it than its message.
    if ('error' in answer) return Promise.reject(answer.error);
    // Main answers with what this request's handler returned.
    return answer.result as never;
  },
  on(name, listener) {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set.add(listener));
    if (!listening) {
      listening = true;
      ipcRenderer.send(LISTENING_CHANNEL);
    }
    return () => set.delete(listener);
  },
  pathOf: (file) => webUtils.getPathForFile(file),
  onConnection(listener) {
    // Main and its window live and die together.
    listener('open');
    return () => {};
  },
};

contextBridge.exposeInMainWorld('autoglm', bridge);
