import type { AppInfo } from '../../../electron/contract/api';
import { describeDevice } from '../../../electron/contract/device';
import type { EngineStatus } from '../../../electron/contract/engine';
import type { Settings } from '../../../electron/contract/settings';

/** What says nothing about the person: no paths, no prompts, no names of devices they own. */
const SETTINGS = [
  'language',
  'theme',
  'fontSize',
  'density',
  'contrast',
  'motion',
  'reasoningView',
  'thinking',
  'modelId',
  'provider',
  'contextLength',
  'unloadAfterMinutes',
  'serverEnabled',
  'serverPort',
  'serveConnections',
  'updateCheck',
  'sampling',
] as const satisfies readonly (keyof Settings)[];

export interface DiagnosticSources {
  readonly info: AppInfo;
  readonly engine: EngineStatus;
  readonly settings: Settings;
  readonly userAgent: string;
}

/** Text to paste into a report: in English, as whoever reads it may not know the reader's language. */
export function diagnostics({ info, engine, settings, userAgent }: DiagnosticSources): string {
  const lines = [
    `AutoGLM Desktop ${info.version} (${info.host}, ${info.platform})`,
    ...Object.entries(info.versions).map(([name, version]) => `${name}: ${version}`),
    ...(info.host === 'browser' ? [`browser: ${userAgent}`] : []),
    ...engineLines(engine, (text) => withoutPaths(text, info.dataFolder)),
    ...SETTINGS.map((name) => `${name}: ${JSON.stringify(settings[name])}`),
  ];
  return `${lines.join('\n')}\n`;
}

function engineLines(status: EngineStatus, clean: (text: string) => string): readonly string[] {
  switch (status.state) {
    case 'ready':
    case 'unloaded': {
      const { manifest, provider, device, contextLength, passedOver, loadMs, memoryBytes } = status.model;
      return [
        // Addresses of other machines are nobody else's business.
        ...(manifest.remote
          ? [`model: of another engine, ${contextLength} tokens (${status.state})`]
          : [
              `model: ${manifest.id}, ${manifest.family}, ${manifest.precision} (${status.state})`,
              `runs on: ${provider}, ${describeDevice(device)}, ${contextLength} tokens, ${Math.round(memoryBytes / 1e6)} MB, loaded in ${Math.round(loadMs)} ms`,
            ]),
        ...passedOver.map((failure) => `not used: ${failure.provider}: ${clean(failure.error.message)}`),
      ];
    }
    case 'failed':
      if (status.modelId?.includes('/'))
        return [`model: of another engine, failed with ${status.error.code}`];
      return [`model: ${status.modelId}, failed with ${status.error.code}: ${clean(status.error.message)}`];
    case 'loading':
      return [`model: ${status.modelId}, loading (${status.phase})`];
    default:
      return ['model: none'];
  }
}

/** Folders are left out of a text, as one of them names the account; what the path ends in stays. */
function withoutPaths(text: string, dataFolder: string): string {
  // `/home/name` or `C:\Users\name`, which may hold spaces.
  const home = /^(?:[A-Za-z]:)?[\\/][^\\/]+[\\/][^\\/]+/.exec(dataFolder)?.[0];
  const withoutHome = home ? text.replaceAll(home, '~') : text;
  return withoutHome.replace(/(?:[A-Za-z]:|~)?[\\/](?:[^\s\\/]+[\\/])+/g, '…/');
}
