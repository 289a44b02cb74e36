import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../contract/errors';

export interface AppPaths {
  readonly home: string;
  readonly database: string;
  readonly settings: string;
  /** What servers of tools gave when the user signed in. */
  readonly signIns: string;
  /** API keys of other engines. */
  readonly connectionKeys: string;
  /** The token of the hub that models come from. */
  readonly hubToken: string;
  /** Models the user added; the built-in ones ship with the app. */
  readonly models: string;
  /** Models that are being fetched, and checkpoints that were kept. */
  readonly downloads: string;
  /** Which of their files were found whole. */
  readonly verifiedFiles: string;
  /** NVIDIA's and ONNX Runtime's GPU libraries, where the user had them fetched. */
  readonly cuda: string;
  /** Files named by their sha256, in folders of its first two digits. */
  readonly attachments: string;
}

interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
}

const APP_FOLDER = 'AutoGLM Desktop';

/** Where the user's data lies: `AUTOGLM_HOME`, else the platform's standard folder. Both hosts agree, so they share it. */
export function dataFolder(
  { platform, env, userHome }: Surroundings = {
    platform: process.platform,
    env: process.env,
    userHome: homedir(),
  },
): string {
  if (env.AUTOGLM_HOME) return resolve(env.AUTOGLM_HOME);
  switch (platform) {
    case 'win32':
      return join(env.APPDATA || join(userHome, 'AppData', 'Roaming'), APP_FOLDER);
    case 'darwin':
      return join(userHome, 'Library', 'Application Support', APP_FOLDER);
    default:
      return join(env.XDG_DATA_HOME || join(userHome, '.local', 'share'), 'autoglm-desktop');
  }
}

/** Makes the folders; throws a sentence that names the one it could not make. */
export function preparePaths(home: string): AppPaths {
  const paths: AppPaths = {
    home,
    database: join(home, 'autoglm.db'),
    settings: join(home, 'settings.json'),
    signIns: join(home, 'tool-sign-ins.json'),
    connectionKeys: join(home, 'connection-keys.json'),
    hubToken: join(home, 'hub-token.json'),
    models: join(home, 'models'),
    downloads: join(home, 'downloads'),
    verifiedFiles: join(home, 'verified.json'),
    cuda: join(home, 'cuda'),
    attachments: join(home, 'attachments'),
  };
  for (const folder of [paths.home, paths.models, paths.attachments]) {
    try {
      // What people write to an assistant is private: other users of the machine have no business here.
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new AppError(
        'internal',
        `The data folder ${folder} could not be made (${errorCode(error)}). Check its permissions, or set AUTOGLM_HOME to another folder.`,
        { kind: 'data-folder-unmade', folder, system: errorCode(error) },
      );
    }
  }
  return paths;
}

export function attachmentPath(paths: AppPaths, sha256: string): string {
  return join(paths.attachments, sha256.slice(0, 2), sha256);
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
