import type { AppInfo, HostHandlers } from '../contract/api';
import type { ErrorInfo } from '../contract/errors';
import type { SpawnTool } from '../contract/model-tool';
import type { Settings } from '../contract/settings';
import type { SpawnDocumentTool } from './attachments/document-reader';
import type { AppDatabase } from './database/database';
import { openDatabase } from './database/open-database';
import { Emitter } from './emitter';
import type { SpawnEngine } from './engine-client/engine-process';
import { type AppPaths, preparePaths } from './paths';
import type { KeyCipher } from './remote/keys';
import { SettingsStore } from './settings';
import type { SpawnMcpProcess } from './tools/tool-servers';

/** What a host gives the app. */
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

/** What every part of the app stands on. */
export interface AppCore {
  readonly options: AppOptions;
  readonly paths: AppPaths;
  readonly database: AppDatabase;
  readonly settings: SettingsStore;
  readonly emitter: Emitter;
  readonly log: (line: string) => void;
  /** What was put right when the data were opened. */
  readonly notices: readonly ErrorInfo[];
}

/** @param follow called with the settings after each change, when the hosts have heard of it. */
export function openCore(options: AppOptions, follow: (settings: Settings) => void): AppCore {
  const { log } = options;
  const paths = preparePaths(options.home);
  const emitter = new Emitter();
  const { database, notices } = openDatabase(paths.database);
  const settings = new SettingsStore(paths.settings, (payload) => {
    emitter.emit({ name: 'settings.changed', payload });
    follow(payload);
  });
  const all = [...notices, ...settings.notices];
  for (const { message } of all) log(message);
  return { options, paths, database, settings, emitter, log, notices: all };
}

/** Does it now, and then every so often until what it returns is called. */
export function repeat(work: () => Promise<void>, everyMs: number): () => void {
  void work();
  const timer = setInterval(() => void work(), everyMs).unref();
  return () => clearInterval(timer);
}
