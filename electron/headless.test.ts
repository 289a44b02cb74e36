import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryHome } from './app/testing/temporary-home';

const ENTRY = fileURLToPath(new URL('./headless.ts', import.meta.url));

function headless(...args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', ENTRY, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { text: '' };
  const append = (data: Buffer) => {
    output.text += data.toString();
  };
  child.stdout?.on('data', append);
  child.stderr?.on('data', append);
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const says = async (pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(output.text);
      if (match) return match;
      if (child.exitCode !== null) throw new Error(`It ended, saying: ${output.text}`);
      await sleep(20);
    }
  };
  return { child, output, exit, says };
}

describe('the headless host', () => {
  it('says where it is, serves while the model loads, and ends at once when told to', async () => {
    const starting = performance.now();
    const { child, exit, says } = headless('--port', '0', '--home', temporaryHome());
    const [, url] = await says(/AutoGLM Desktop is at (http:\/\/127\.0\.0\.1:\d+)/);
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(200);
    const begun = performance.now();
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    // A busy machine takes longer for both.
    expect(performance.now() - begun).toBeLessThan(2_000 + begun - starting);
  });

  it('ends with code 1 and a sentence when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const { exit, output } = headless('--port', String(port), '--home', temporaryHome());
    expect(await exit).toBe(1);
    expect(output.text.trim()).toMatch(
      new RegExp(`^Port ${port} .* Port \\d+ is free: start with --port \\d+, .*$`),
    );
  });

  it('ends with code 1 and a sentence for a bad argument', async () => {
    const { exit, output } = headless('--host', '0.0.0.0');
    expect(await exit).toBe(1);
    expect(output.text.trim().split('\n')).toHaveLength(1);
  });
});
