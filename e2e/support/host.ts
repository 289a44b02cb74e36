import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppProcess } from './app-process';

/** The folder of the built app. Another one (a copy, or what a package holds) is tested by naming it in AUTOGLM_APP. */
export const appFolder = resolve(
  process.env.AUTOGLM_APP ?? fileURLToPath(new URL('../../', import.meta.url)),
);

export interface HostOptions {
  /** Kept when the host stops, so that another can be started on it; by default a new one that is removed. */
  readonly home?: string;
  readonly port?: number;
  /** Written as the settings of a new home. */
  readonly settings?: object;
  readonly args?: readonly string[];
  /** What Node runs in place of the built headless host. */
  readonly program?: readonly string[];
}

/** A host beside this file, to be run in place of the built one. */
export function hostProgram(name: 'hearing-host' | 'scripted-host' | 'seeing-host'): readonly string[] {
  return ['--import', 'tsx', fileURLToPath(new URL(`./${name}.ts`, import.meta.url))];
}

/** The name holds what real user names hold. */
export function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), "autoglm e2e 测试 o'"));
}

/** Windows lets go of a file a little after the process that held it. */
export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true, maxRetries: 10 });
}

/** `node out/main/headless.js` in a process of its own. */
export class Host extends AppProcess {
  readonly home: string;
  readonly #own: boolean;

  constructor({ home, port = 0, settings, args = [], program }: HostOptions = {}) {
    const folder = home ?? temporaryHome();
    mkdirSync(folder, { recursive: true });
    if (settings) writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    const command = program ?? [join(appFolder, 'out', 'main', 'headless.js')];
    super(
      spawn(process.execPath, [...command, '--port', String(port), ...args], {
        env: { ...process.env, AUTOGLM_HOME: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    this.home = folder;
    this.#own = home === undefined;
  }

  /** Started and listening; the model may still be loading. */
  static async start(options: HostOptions = {}): Promise<Host> {
    const host = new Host(options);
    await host.says(/AutoGLM Desktop is at/);
    return host;
  }

  get url(): string {
    const match = this.find(/AutoGLM Desktop is at (http:\S+)/);
    if (!match?.[1]) throw new Error('The host has not said where it is.');
    return match[1];
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** At once, as when the power goes. The engine notices that nobody listens and ends by itself. */
  async crash(): Promise<void> {
    // Not `exit()`, which waits for the output to end: the engine holds it as well.
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    if (!this.ended) {
      this.child.kill('SIGTERM');
      const force = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
      await this.exit();
      clearTimeout(force);
    }
    if (this.#own) removeHome(this.home);
  }
}
