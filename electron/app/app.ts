import { version as osVersion, release } from 'node:os';
import { basename } from 'node:path';
import type { AppInfo, HostHandlers, RequestHandlers } from '../contract/api';
import { type EngineService, modelIdOf } from '../contract/engine';
import { type ErrorInfo, toErrorInfo } from '../contract/errors';
import type { Manifest } from '../contract/manifest';
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
import { ModelSwitch } from './models/model-switch';
import { ModelLibrary } from './models/models';
import { loadOptions, ModelsDesk } from './models/models-desk';
import { noHost } from './no-host';
import { preparePaths } from './paths';
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
  /** Installed models as last seen on the disk, the built-in one first. */
  readonly models: () => readonly Manifest[];
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
  const engine = new EngineSupervisor({
    spawn: options.spawnEngine,
    log,
    draw: (what, request) => drawForEngine(documentTool, paths.attachments, what, request),
    unloadAfterMs: () => {
      const { unloadAfterMinutes } = settings.get();
      return unloadAfterMinutes === null ? null : unloadAfterMinutes * 60_000;
    },
  });
  engine.onStatus((payload) => emitter.emit({ name: 'engine.status', payload }));
  const documents = new DocumentPrompts({
    engine,
    textPath: (document) => attachments.textPath(document),
    readText,
    rank: (request) => documentTool.rank(request),
  });
  // Named when the app was started, for this time only: until another is chosen.
  let { modelId: named = null } = options;
  const models = new ModelSwitch({
    engine,
    installed: () => library.known(),
    chosen: () => named ?? settings.get().modelId,
    known: () => started,
    complete: documents.complete,
    load: (id) => load(id),
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
    engine,
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
      emitter.emit({ name: 'data.deleted', payload: null });
    },
  });

  const load = async (id: string, force = false) => {
    const { folder, manifest } = await library.find(id);
    engine.load({
      id,
      folder,
      options: { ...loadOptions(settings.get(), manifest, paths.verifiedFiles), force },
    });
  };
  const loadFirst = async () => {
    const chosen = named ?? settings.get().modelId;
    engine.prepare(chosen ?? basename(options.builtInModels[0] ?? ''));
    try {
      const { problems } = await library.scan();
      const id = models.usual();
      if (id !== null) await load(id);
      else engine.fail(null, problems[0]?.error ?? noModel(paths.models));
    } catch (error) {
      log(toErrorInfo(error).message);
      engine.fail(chosen ?? null, toErrorInfo(error));
    }
  };
  const started = loadFirst();

  const desk = new ModelsDesk({
    library,
    database,
    builtIn: options.builtInModels,
    folder: paths.models,
    cudaFolder: paths.cuda,
    verifiedFiles: paths.verifiedFiles,
    settings: () => settings.get(),
    updateSettings: (change) => settings.update(change),
    status: () => engine.status(),
    graphics: () => engine.graphics(),
    load,
    spawnTool: options.spawnTool ?? null,
    tasksChanged: (payload) => emitter.emit({ name: 'models.tasks', payload }),
    changed: () => emitter.emit({ name: 'models.changed', payload: null }),
    log,
  });

  const handlers: RequestHandlers = {
    ...desk.handlers,
    ...tools.handlers,
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
      const loaded = modelIdOf(engine.status());
      const concernsEngine =
        before.provider !== after.provider || before.contextLength !== after.contextLength;
      if (loaded && concernsEngine)
        void load(loaded).catch((error: unknown) => engine.fail(loaded, toErrorInfo(error)));
      if (before.unloadAfterMinutes !== after.unloadAfterMinutes) engine.use.restart();
      return after;
    },
    'models.list': async () => (await library.scan()).models.map(({ manifest }) => manifest),
    'models.problems': async () => (await library.scan()).problems,
    'models.load': async (id, force = false) => {
      await load(id, force);
      named = null;
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
    'speech.stopListening': (stream) => engine.stopListening(stream),
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
    await Promise.all([engine.close(), tools.close()]);
  };

  return {
    handlers,
    engine,
    models: () => library.known(),
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
