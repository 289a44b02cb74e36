import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from './setup.mjs';
import { follow } from './test-processes.mjs';

const node = (script: string, options: object = {}) =>
  follow(process.execPath, ['-e', script], { cwd: root, ...options });

describe('a process that is followed', () => {
  it('gives its status and all that it said', async () => {
    const script = `console.log('x'.repeat(300_000)); console.error('no'); process.exitCode = 3`;
    const { status, stdout, stderr } = await node(script);
    expect({ status, length: stdout.length, stderr }).toEqual({ status: 3, length: 300_001, stderr: 'no\n' });
  });

  it('that is killed has failed, and so has one that cannot be started', async () => {
    expect((await node(`process.kill(process.pid, 'SIGKILL')`)).status).toBe(1);
    const { status, stderr } = await follow(join(root, 'not-there'), [], { cwd: root });
    expect(status).toBe(1);
    expect(stderr).toContain('ENOENT');
  });

  it('yields where it is told to, with all that it starts', async () => {
    const priority = `setTimeout(() => require('node:child_process').spawnSync(process.execPath,
      ['-p', 'require("node:os").getPriority()'], { stdio: 'inherit' }), 300)`;
    expect(Number((await node(priority)).stdout)).toBe(getPriority());
    expect(Number((await node(priority, { yields: true })).stdout)).toBe(19);
  });
});

it.skipIf(process.platform === 'win32')('who follows takes them along, and what they started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'autoglm-follow-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'pid');
  const grandchild = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
  const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}])`;
  const module = pathToFileURL(join(root, 'build/scripts/test-processes.mjs')).href;
  const script = `import { follow } from ${JSON.stringify(module)};
    follow(process.execPath, ['-e', ${JSON.stringify(child)}], { cwd: '.', yields: true })`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const exited = new Promise((resolve) => parent.on('exit', resolve));
  await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8') !== '').toBe(true);
  const pid = Number(readFileSync(file, 'utf8'));
  expect(() => process.kill(pid, 0)).not.toThrow();
  parent.kill('SIGTERM');
  expect(await exited).toBe(143);
  if (process.platform !== 'linux') return;
  await expect.poll(() => alive(pid)).toBe(false);
});

function alive(pid: number): boolean {
  try {
    // One that ended and was not waited for is none.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
