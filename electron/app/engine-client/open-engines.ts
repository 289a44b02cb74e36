import type { AppCore } from '../core';
import { Connections } from '../remote/connections';
import { ConnectionKeys } from '../remote/keys';
import type { DrawForEngine } from './engine-connection';
import { EngineSupervisor } from './engine-supervisor';
import { Engines } from './engines';

/**
 * This machine's engine, those that the user connected to, and both as one.
 *
 * @param connectionsChanged models of connections came, went or were changed.
 */
export function openEngines(
  { options, paths, settings, emitter, log }: AppCore,
  draw: DrawForEngine,
  connectionsChanged: () => void,
) {
  const connections = new Connections({
    settings: () => settings.get(),
    updateSettings: (change) => settings.update(change),
    keys: new ConnectionKeys(paths.connectionKeys, options.keyCipher ?? null, log),
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    draw,
    changed: (payload) => emitter.emit({ name: 'connections.changed', payload }),
    modelsChanged: connectionsChanged,
  });
  const local = new EngineSupervisor({
    spawn: options.spawnEngine,
    log,
    draw,
    unloadAfterMs: () => {
      const { unloadAfterMinutes } = settings.get();
      return unloadAfterMinutes === null ? null : unloadAfterMinutes * 60_000;
    },
  });
  const engine = new Engines({ local, elsewhere: (id) => connections.of(id) });
  connections.onState(() => engine.refresh());
  engine.onStatus((payload) => emitter.emit({ name: 'engine.status', payload }));
  return { connections, local, engine };
}
