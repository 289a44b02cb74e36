import { version as osVersion, release } from 'node:os';
import type { RequestHandlers } from '../contract/api';
import type { EngineService } from '../contract/engine';
import type { ModelInfo } from '../contract/manifest';
import type { CompleteRequest } from '../contract/request-draft';
import type { Settings } from '../contract/settings';
import type { AttachmentStore } from './attachments/attachments';
import { DocumentPrompts } from './attachments/document-prompt';
import { openAttachments } from './attachments/open-attachments';
import { readText } from './attachments/receive';
import { conversationHandlers } from './conversations/conversation-handlers';
import { openConversations } from './conversations/open-conversations';
import { type AppOptions, openCore } from './core';
import { DataEraser } from './data-eraser';
import type { EmittedEvent } from './emitter';
import { openEngines } from './engine-client/open-engines';
import { openModels } from './models/open-models';
import { noHost } from './no-host';
import type { SoundDesk } from './sound/sound-desk';
import { SpeechDesk } from './speech';
import { keepImage } from './tools/returned-images';
import { SignIns } from './tools/sign-ins';
import { ToolDesk } from './tools/tool-desk';
import { ContextMeter } from './turns/context-meter';
import { Turns } from './turns/turns';

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

/** Opens the data; throws one clear error if that cannot be done. The model loads meanwhile: watch `engine.status()`. */
export function createApp(options: AppOptions): App {
  const core = openCore(options, (changed) => {
    tools.follow(changed);
    connections.follow(changed);
  });
  const { paths, database, emitter, log } = core;
  const settings = () => core.settings.get();

  const history = openConversations(core);
  const { conversations } = history;
  const files = openAttachments(core);
  const { attachments, documentTool } = files;
  const attachmentPath = (sha256: string) => attachments.path(sha256);

  const engines = openEngines(core, files.draw, () => {
    loader.connectionsChanged();
    emitter.emit({ name: 'models.changed', payload: null });
  });
  const { connections, local, engine } = engines;
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
  const { library, loader, models, desk } = openModels(core, engines, documents.complete);

  const tools = new ToolDesk({
    spawn: options.spawnMcpProcess ?? null,
    signIns: new SignIns(paths.signIns, log),
    keepImage: (image) => keepImage(attachments, image, log),
    settings,
    updateSettings: (change) => core.settings.update(change),
    changed: (payload) => emitter.emit({ name: 'tools.changed', payload }),
    log,
  });
  tools.follow(settings());
  const turns = new Turns({
    database,
    conversations,
    engine: models,
    tools,
    settings,
    attachmentPath,
    emit: (payload) => emitter.emit({ name: 'turn.event', payload }),
    log,
  });
  const context = new ContextMeter({
    conversations,
    engine,
    documents,
    tools,
    modelFor: (own) => models.modelFor(own),
    settings,
    attachmentPath,
  });
  const speech = new SpeechDesk({
    engine: {
      status: () => engine.status(),
      prepareSpeech: (recognizer) => local.prepareSpeech(recognizer),
      transcribe: (request, signal) => local.transcribe(request, signal),
      listen: (stream, samples) => local.listen(stream, samples),
      stopListening: (stream) => local.stopListening(stream),
    },
    models: async () => (await library.scan()).models,
    attachmentPath,
  });
  const eraser = new DataEraser({
    paths,
    database,
    settings: core.settings,
    turns,
    erased: () => {
      tools.forgetRemoved();
      connections.forgetRemoved();
      desk.hub.forgetTokens();
      emitter.emit({ name: 'data.deleted', payload: null });
    },
  });

  const handlers: RequestHandlers = {
    ...conversationHandlers({ ...history, turns, emitter }),
    ...turns.handlers,
    ...loader.handlers,
    ...desk.handlers,
    ...desk.hub.handlers,
    ...connections.handlers,
    ...tools.handlers,
    ...speech.handlers,
    'app.info': () => ({
      version: options.version,
      host: options.host,
      platform: process.platform,
      versions: runtimeVersions(),
      dataFolder: paths.home,
      notices: core.notices,
    }),
    'settings.get': settings,
    'settings.update': (change) => {
      const before = settings();
      const after = core.settings.update(change);
      loader.settingsChanged(before, after);
      return after;
    },
    'models.prepare': (id) => models.prepare(id),
    'models.usual': () => models.usual(),
    'engine.status': () => engine.status(),
    'context.measure': (draft) => context.measure(draft),
    'data.deleteAll': () => eraser.erase(),
    ...(options.hostHandlers ?? noHost),
  };

  let closing: Promise<void> | null = null;
  const close = async () => {
    history.close();
    desk.close();
    files.close();
    turns.close();
    database.close();
    connections.close();
    await Promise.all([local.close(), tools.close()]);
  };

  return {
    handlers,
    engine,
    models: () => loader.all(),
    settings,
    attachments,
    sounds: files.sounds,
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
