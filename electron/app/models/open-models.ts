import type { CompleteRequest } from '../../contract/request-draft';
import type { AppCore } from '../core';
import type { EngineSupervisor } from '../engine-client/engine-supervisor';
import type { Engines } from '../engine-client/engines';
import type { Connections } from '../remote/connections';
import { ConnectionKeys } from '../remote/keys';
import { ModelLoader } from './model-loader';
import { ModelSwitch } from './model-switch';
import { ModelLibrary } from './models';
import { ModelsDesk } from './models-desk';

interface Engine {
  readonly connections: Connections;
  readonly local: EngineSupervisor;
  readonly engine: Engines;
}

/** The models: those on the disk, the one in use, which one answers, and the page of them. The first one loads meanwhile. */
export function openModels(core: AppCore, { connections, local, engine }: Engine, complete: CompleteRequest) {
  const { options, paths, database, settings, emitter, log } = core;
  const library = new ModelLibrary(options.builtInModels, paths.models);
  const loader = new ModelLoader({
    library,
    connections,
    engine,
    local,
    settings,
    paths,
    builtIn: options.builtInModels,
    named: options.modelId ?? null,
    usual: () => models.usual(),
    log,
  });
  const models = new ModelSwitch({
    engine: {
      status: () => engine.status(),
      generate: (request, signal) => local.generate(request, signal),
      loaded: (signal) => local.loaded(signal),
      use: local.use,
    },
    installed: () => loader.all(),
    elsewhere: (id) => connections.of(id),
    chosen: () => loader.chosen(),
    known: () => begun,
    complete,
    load: (id) => loader.bring(id),
  });
  const desk = new ModelsDesk({
    library,
    database,
    builtIn: options.builtInModels,
    folder: paths.models,
    downloads: paths.downloads,
    hubKeys: new ConnectionKeys(paths.hubToken, options.keyCipher ?? null, log),
    ...(options.proxyFor && { proxyFor: options.proxyFor }),
    cudaFolder: paths.cuda,
    verifiedFiles: paths.verifiedFiles,
    settings: () => settings.get(),
    updateSettings: (change) => settings.update(change),
    status: () => local.status(),
    graphics: () => local.graphics(),
    load: (id) => loader.reload(id),
    spawnTool: options.spawnTool ?? null,
    tasksChanged: (payload) => emitter.emit({ name: 'models.tasks', payload }),
    changed: () => emitter.emit({ name: 'models.changed', payload: null }),
    log,
  });
  const begun = loader.begin();
  return { library, loader, models, desk };
}
