import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Generous, as the machines of CI are slow; nothing waits this long when all is well. */
const PATIENCE_MS = 45_000;

/** The shares of a slowed engine's time. */
const RUN_MS = 8;
const HOLD_MS = 60;

/** A process of the app, headless or Electron, as it shows in its output. */
export class AppProcess {
  readonly lines: string[] = [];
  readonly child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #listeners = new Set<() => void>();
  #ended = false;
  #slowing: NodeJS.Timeout | undefined;

  readonly #firstEngine: number | undefined;

  /** `firstEngine`: the engine's process, where it may have been named before anybody listened. */
  constructor(child: ChildProcess, firstEngine?: number) {
    this.child = child;
    this.#firstEngine = firstEngine;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => this.#heard(line));
    }
    this.#exited = once(child, 'close').then(([code]) => {
      this.#ended = true;
      this.#wake();
      return code as number | null;
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves with the exit code; null where a signal ended it. All it said is then in `lines`. */
  exit(): Promise<number | null> {
    return this.#exited;
  }

  /** Of the engine started last. */
  get enginePid(): number {
    const pid = this.lines
      .map((line) => /The engine runs as process (\d+)/.exec(line)?.[1])
      .findLast(Boolean);
    if (!pid && this.#firstEngine) return this.#firstEngine;
    if (!pid) throw new Error('The app has not named its engine.');
    return Number(pid);
  }

  /** Waits for a line of its output, beginning with those already there. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const match = this.find(pattern);
      if (match) return match;
      const wait = deadline - Date.now();
      if (this.#ended || wait <= 0) {
        throw new Error(`The app did not say ${pattern}. It said:\n${this.lines.join('\n')}`);
      }
      await this.#anotherLine(wait);
    }
  }

  find(pattern: RegExp): RegExpExecArray | null {
    for (const line of this.lines) {
      const match = pattern.exec(line);
      if (match) return match;
    }
    return null;
  }

  async modelReady(): Promise<void> {
    await this.says(/is ready for inference/);
  }

  /**
   * Lets the engine run a part of the time only, so that a test can do something in the middle of an answer: nano writes hundreds of
   * tokens a second.
   */
  slowEngine(): void {
    this.resumeEngine();
    const run = () => {
      this.#signalEngine('SIGCONT');
      this.#slowing = setTimeout(hold, RUN_MS);
    };
    const hold = () => {
      this.#signalEngine('SIGSTOP');
      this.#slowing = setTimeout(run, HOLD_MS);
    };
    hold();
  }

  /** Holds the engine where it is: a test sees the middle of an answer for as long as it likes. */
  pauseEngine(): void {
    clearTimeout(this.#slowing);
    this.#signalEngine('SIGSTOP');
  }

  /** At full speed. */
  resumeEngine(): void {
    clearTimeout(this.#slowing);
    this.#signalEngine('SIGCONT');
  }

  killEngine(): void {
    clearTimeout(this.#slowing);
    this.#signalEngine('SIGKILL');
  }

  #signalEngine(signal: NodeJS.Signals): void {
    process.kill(this.enginePid, signal);
  }

  #anotherLine(wait: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, wait);
      this.#listeners.add(done);
    });
  }

  #heard(line: string): void {
    this.lines.push(line);
    this.#wake();
  }

  #wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
