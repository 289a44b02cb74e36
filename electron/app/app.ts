import { version as osVersion, release } from 'node:os';
import { basename } from 'node:path';
import type { AppInfo, HostHandlers, RequestHandlers } from '../contract/api';
import { type EngineService, modelIdOf } from '../contract/engine';
import { type ErrorInfo, toErrorInfo } from '../contract/errors';
import type { ModelInfo } from '../contract/manifest';
import type { SpawnTool } from '../contract/model-tool';
import type { CompleteRequest } from '../contract/request-draft';
import type { Settings } from '../contract/settings';
import { AttachmentStore } from './attachments/attachments';
import { DocumentPrompts } from './attachments/document-prompt';
import type { SpawnDocumentTool } from './attachments/document-reader';
import { DocumentTool } from './attachments/document-tool';
import { drawForEngine } from './attachments/engine-drawings';
import { readText } from './attachments/receive';
import { Conversations } from './conversations/conversations';
import { Folders } from './conversations/folders';
import { Transfer } from './conversations/transfer';
import { DataEraser } from './data-eraser';
import { openDatabase } from './database/open-database';
import { type EmittedEvent, Emitter } from './emitter';
import type { SpawnEngine } from './engine-client/engine-process';
import { EngineSupervisor } from './engine-client/engine-supervisor';
import { Engines } from './engine-client/engines';
import { ModelSwitch } from './models/model-switch';
import { ModelLibrary } from './models/models';
import { loadOptions, ModelsDesk } from './models/models-desk';
import { noHost } from './no-host';
import { preparePaths } from './paths';
import { Connections } from './remote/connections';
import { ConnectionKeys, type KeyCipher } from './remote/keys';
import { SettingsStore } from './settings';
import { SoundIntake } from './sound/intake';
import { SoundDesk } from './sound/sound-desk';
import { SpeechDesk } from './speech';
import { keepImage } from './tools/returned-images';
import { SignIns } from './tools/sign-ins';
import { ToolDesk } from './tools/tool-desk';
import type { SpawnMcpProcess } from './tools/tool-servers';
import { ContextMeter } from './turns/context-meter';
import { Turns } from './turns/turns';

export interface AppOptions {
  readonly version: string;
  readonly host: AppInfo['host'];
  /** The data folder; see `dataFolder`. */
  readonly home: string;
  /** Folders of the models that ship with the app; the first is the one used until the user chooses. */
  readonly builtInModels: readonly string[];
  readonly spawnEngine: SpawnEngine;
  /** The thread that decodes sound; a host without it takes speech as the app keeps it and no other. */
  readonly soundWorker?: URL;
  /** Imports, converts and verifies models; a host without it has no models page. */
  readonly spawnTool?: SpawnTool;
  /** Reads documents; a host without it takes none. */
  readonly spawnDocumentTool?: SpawnDocumentTool;
  /** Speaks with tools' servers; a host without it has none. */
  readonly spawnMcpProcess?: SpawnMcpProcess;
  /** Encrypts the API keys of connections; a host without it keeps them in a file that only its owner reads. */
  readonly keyCipher?: KeyCipher | null;
  /** Asks engines of other machines; default: Node's own. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The system's proxy for an address; a host without it goes by the environment alone. */
  readonly proxyFor?: (url: string) => Promise<string | null>;
  /** Loaded in place of the chosen one, this time only. */
  readonly modelId?: string;
  /** What this host has beside the app: a server, a tray, updates. */
  readonly hostHandlers?: HostHandlers;
  readonly log: (line: string) => void;
}

/** The application without a window: what both hosts carry. */
export interface App {
  readonly handlers: RequestHandlers;
  readonly engine: EngineService;
  /** Installed models as last seen on the disk, the built-in one first, then those of connections. */
  readonly models: () => readonly ModelInfo[];
  readonly settings: () => Settings;
  readonly attachments: AttachmentStore;
  /** Takes files as they arrive, sound of other kinds among them. */
  readonly sounds: SoundDesk;
  readonly speech: SpeechDesk;
  /** Puts the documents of a request in; see `DocumentPrompts`. */
  readonly completeRequest: CompleteRequest;
  /** Every event, for a host to pass on. Returns the function that ends the subscription. */
  onEvent(listener: (event: EmittedEvent) => void): () => void;
  /** Ends answers in progress, keeps what they have, and gives files and processes back. */
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Opens the data; throws one clear error if that cannot be done. The model loads meanwhile: watch `engine.status()`. */
export function createApp(options: AppOptions): App {
  const { log } = options;
  const paths = preparePaths(options.home);
  const emitter = new Emitter();
  const { database, notices } = openDatabase(paths.database);
  const settings = new SettingsStore(paths.settings, (payload) => {
    emitter.emit({ name: 'settings.changed', payload });
    tools.follow(payload);
    connections.follow(payload);
  });
  const allNotices = [...notices, ...settings.notices];
  for (const { message } of allNotices) log(message);

  const conversations = new Conversations(database, {
    changed: (payload) => emitter.emit({ name: 'conversation.changed', payload }),
    removed: (id) => emitter.emit({ name: 'conversation.removed', payload: { id } }),
    changedMany: () => emitter.emit({ name: 'conversations.changed', payload: null }),
  });
  const folders = new Folders(database, (payload) => emitter.emit({ name: 'folders.changed', payload }));
  const transfer = new Transfer({
    database,
    messages: conversations.messages,
    folders,
    removal: conversations.removal,
  });
  conversations.messages.endInterrupted();
  void conversations.purgeBin();
  const purge = setInterval(() => void conversations.purgeBin(), DAY_MS);
  purge.unref();

  const documentTool = new DocumentTool({ spawn: options.spawnDocumentTool ?? null });
  const attachments = new AttachmentStore(paths, database, log, documentTool);
  void attachments.sweep();
  // What clients of the API sent is many gigabytes a day, on a machine that is not restarted for weeks.
  const sweep = setInterval(() => void attachments.sweep(), HOUR_MS);
  sweep.unref();
  const soundIntake = new SoundIntake({ entry: options.soundWorker ?? null });
  const sounds = new SoundDesk({ store: attachments, intake: soundIntake, folder: paths.attachments });

  const library = new ModelLibrary(options.builtInModels, paths.models);
  const connections = new Connections({
    settings: () => settings.get(),
    updateSettings: (change) => settings.update(change),
    keys: new ConnectionKeys(paths.connectionKeys, options.keyCipher ?? null, log),
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    draw: (what, request) => drawForEngine(documentTool, paths.attachments, what, request),
    changed: (payload) => emitter.emit({ name: 'connections.changed', payload }),
    modelsChanged: () => {
      engine.refresh();
      leaveIfGone();
      emitter.emit({ name: 'models.changed', payload: null });
    },
  });
  const local = new EngineSupervisor({
    spawn: options.spawnEngine,
    log,
    draw: (what, request) => drawForEngine(documentTool, paths.attachments, what, request),
    unloadAfterMs: () => {
      const { unloadAfterMinutes } = settings.get();
      return unloadAfterMinutes === null ? null : unloadAfterMinutes * 60_000;
    },
  });
  const engine = new Engines({ local, elsewhere: (id) => connections.of(id) });
  connections.onState(() => engine.refresh());
  engine.onStatus((payload) => emitter.emit({ name: 'engine.status', payload }));
  const allModels = () => [...library.known(), ...connections.models()];
  const documents = new DocumentPrompts({
    engine: {
      status: () => local.status(),
      countTokens: (request) => local.countTokens(request),
      of: (id) => connections.of(id),
    },
    textPath: (document) => attachments.textPath(document),
    readText,
    rank: (request) => documentTool.rank(request),
  });
  // Named when the app was started, for this time only: until another is chosen.
  let { modelId: named = null } = options;
  const models = new ModelSwitch({
    engine: {
      status: () => engine.status(),
      generate: (request, signal) => local.generate(request, signal),
      loaded: (signal) => local.loaded(signal),
      use: local.use,
    },
    installed: allModels,
    elsewhere: (id) => connections.of(id),
    chosen: () => named ?? settings.get().modelId,
    known: () => started,
    complete: documents.complete,
    load: (id) => bring(id),
  });
  const tools = new ToolDesk({
    spawn: options.spawnMcpProcess ?? null,
    signIns: new SignIns(paths.signIns, log),
    keepImage: (image) => keepImage(attachments, image, log),
    settings: () => settings.get(),
    updateSettings: (change) => settings.update(change),
    changed: (payload) => emitter.emit({ name: 'tools.changed', payload }),
    log,
  });
  tools.follow(settings.get());
  const turns = new Turns({
    database,
    conversations,
    engine: models,
    tools,
    settings: () => settings.get(),
    attachmentPath: (sha256) => attachments.path(sha256),
    emit: (payload) => emitter.emit({ name: 'turn.event', payload }),
    log,
  });

  const context = new ContextMeter({
    conversations,
    engine,
    documents,
    tools,
    modelFor: (own) => models.modelFor(own),
    settings: () => settings.get(),
    attachmentPath: (sha256) => attachments.path(sha256),
  });

  const speech = new SpeechDesk({
    engine: {
      status: () => engine.status(),
      prepareSpeech: (recognizer) => local.prepareSpeech(recognizer),
      transcribe: (request, signal) => local.transcribe(request, signal),
      listen: (stream, samples) => local.listen(stream, samples),
    },
    models: async () => (await library.scan()).models,
    attachmentPath: (sha256) => attachments.path(sha256),
  });

  const eraser = new DataEraser({
    paths,
    database,
    settings,
    turns,
    erased: () => {
      tools.forgetRemoved();
      connections.forgetRemoved();
      desk.hub.forgetTokens();
      emitter.emit({ name: 'data.deleted', payload: null });
    },
  });

  /** One elsewhere is in use at once; whether it answers is looked for meanwhile. */
  const takeElsewhere = (id: string): boolean => {
    if (!connections.of(id)) return false;
    engine.choose(id);
    void connections.check(id);
    return true;
  };
  /** In use from now on; what this machine's engine has already is not loaded again. */
  const bring = async (id: string) => {
    if (takeElsewhere(id)) return;
    const status = local.status();
    const has = modelIdOf(status) === id && status.state !== 'failed';
    if (has) engine.choose(null);
    else await load(id);
  };
  const load = async (id: string, force = false) => {
    if (takeElsewhere(id)) return;
    await library.find(id);
    engine.choose(null);
    await reload(id, force);
  };
  /** Into this machine's engine, whichever model is in use. */
  const reload = async (id: string, force = false) => {
    const { folder, manifest } = await library.find(id);
    local.load({
      id,
      folder,
      options: { ...loadOptions(settings.get(), manifest, paths.verifiedFiles), force },
    });
  };
  /** The usual model went with its connection. */
  const leaveIfGone = () => {
    const { modelId } = settings.get();
    if (modelId?.includes('/') && !connections.of(modelId)) settings.update({ modelId: null });
    const id = models.usual();
    if (engine.status().state === 'stopped' && id !== null)
      void bring(id).catch((error: unknown) => local.fail(id, toErrorInfo(error)));
  };
  const loadFirst = async () => {
    const chosen = named ?? settings.get().modelId;
    if (chosen !== null && takeElsewhere(chosen)) {
      await library.scan();
      return;
    }
    local.prepare(chosen ?? basename(options.builtInModels[0] ?? ''));
    try {
      const { problems } = await library.scan();
      const id = models.usual();
      if (id !== null) await load(id);
      else local.fail(null, problems[0]?.error ?? noModel(paths.models));
    } catch (error) {
      log(toErrorInfo(error).message);
      local.fail(chosen ?? null, toErrorInfo(error));
    }
  };
  const started = loadFirst();

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
    load: (id) => reload(id),
    spawnTool: options.spawnTool ?? null,
    tasksChanged: (payload) => emitter.emit({ name: 'models.tasks', payload }),
    changed: () => emitter.emit({ name: 'models.changed', payload: null }),
    log,
  });

  const handlers: RequestHandlers = {
    ...desk.handlers,
    ...desk.hub.handlers,
    ...tools.handlers,
    ...connections.handlers,
    'app.info': () => ({
      version: options.version,
      host: options.host,
      platform: process.platform,
      versions: runtimeVersions(),
      dataFolder: paths.home,
      notices: allNotices,
    }),
    'conversations.list': () => conversations.list(),
    'conversations.get': (id) => conversations.get(id),
    'conversations.update': (id, change) => conversations.update(id, change),
    'conversations.delete': (ids) => {
      turns.endIn(ids);
      conversations.delete(ids);
    },
    'conversations.restore': (ids) => conversations.restore(ids),
    'conversations.search': (query) => conversations.search(query),
    'conversations.selectBranch': (id, messageId) => conversations.selectBranch(id, messageId),
    'conversations.updateMany': (ids, change) => conversations.updateMany(ids, change),
    'conversations.bin': () => conversations.bin(),
    'conversations.deleteForever': (ids) => void conversations.deleteForever(ids),
    'conversations.duplicate': async (id, title) => {
      const copy = await transfer.duplicate(id, title);
      emitter.emit({ name: 'conversation.changed', payload: copy });
      return copy;
    },
    'conversations.export': (ids) => transfer.export(ids),
    'conversations.import': async (batch) => {
      const ids = await transfer.imports.add(batch);
      if (!batch.last) return ids;
      emitter.emit({ name: 'folders.changed', payload: folders.list() });
      emitter.emit({ name: 'conversations.changed', payload: null });
      return ids;
    },
    'conversations.cancelImport': (id) => transfer.imports.cancel(id),
    'messages.delete': (conversationId, messageId) => {
      turns.requireIdle(conversationId);
      return conversations.deleteMessage(conversationId, messageId);
    },
    'messages.restore': (conversationId, messageIds) => {
      turns.requireIdle(conversationId);
      return conversations.restoreMessages(conversationId, messageIds);
    },
    'folders.list': () => folders.list(),
    'folders.create': (name) => folders.create(name),
    'folders.rename': (id, name) => folders.rename(id, name),
    'folders.delete': (id) => {
      const ids = folders.delete(id);
      emitter.emit({ name: 'conversations.changed', payload: null });
      return ids;
    },
    'turns.start': (turn) => turns.start(turn),
    'turns.stop': (turnId) => turns.stop(turnId),
    'turns.attach': (conversationId) => turns.attach(conversationId),
    'settings.get': () => settings.get(),
    'settings.update': (change) => {
      const before = settings.get();
      const after = settings.update(change);
      const loaded = modelIdOf(local.status());
      const concernsEngine =
        before.provider !== after.provider || before.contextLength !== after.contextLength;
      if (loaded && concernsEngine)
        void reload(loaded).catch((error: unknown) => local.fail(loaded, toErrorInfo(error)));
      if (before.unloadAfterMinutes !== after.unloadAfterMinutes) local.use.restart();
      return after;
    },
    'models.list': async () => {
      await library.scan();
      return allModels();
    },
    'models.setDefault': (id) =>
      connections.of(id) ? void settings.update({ modelId: id }) : desk.handlers['models.setDefault'](id),
    'models.problems': async () => (await library.scan()).problems,
    'models.load': async (id, force = false) => {
      await load(id, force);
      named = null;
      // Whoever works elsewhere from now on has other uses for the memory.
      if (connections.of(id)) local.rest();
      settings.update({ modelId: id });
    },
    'models.prepare': (id) => models.prepare(id),
    'models.usual': () => models.usual(),
    'engine.status': () => engine.status(),
    'context.measure': (draft) => context.measure(draft),
    'speech.prepare': () => speech.prepare(),
    'speech.transcribe': (sha256, language) => speech.transcribe(sha256, language),
    'speech.cancel': (sha256) => speech.cancel(sha256),
    'speech.listen': (stream, pcm) => speech.listen(stream, pcm),
    'speech.stopListening': (stream) => local.stopListening(stream),
    'data.deleteAll': () => eraser.erase(),
    ...(options.hostHandlers ?? noHost),
  };

  let closing: Promise<void> | null = null;
  const close = async () => {
    clearInterval(purge);
    clearInterval(sweep);
    desk.close();
    soundIntake.close();
    documentTool.close();
    turns.close();
    database.close();
    connections.close();
    await Promise.all([local.close(), tools.close()]);
  };

  return {
    handlers,
    engine,
    models: allModels,
    settings: () => settings.get(),
    attachments,
    sounds,
    speech,
    completeRequest: documents.complete,
    onEvent: (listener) => emitter.on(listener),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function runtimeVersions(): Record<string, string> {
  const { node, electron, chrome } = process.versions;
  return {
    system: `${osVersion()} ${release()} ${process.arch}`,
    node,
    ...(electron && { electron }),
    ...(chrome && { chromium: chrome }),
  };
}

function noModel(folder: string): ErrorInfo {
  return {
    code: 'model-not-found',
    message: `No model is installed. Put a model's folder into ${folder}, or install the app again to get the built-in one back.`,
    details: { kind: 'model-none-installed', folder },
  };
}
