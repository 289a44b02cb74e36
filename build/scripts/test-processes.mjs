/** The processes of `npm test`: several at once, of which those beside the others take what these leave of the processor. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * @typedef {object} Followed
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [shown]  what it says goes to the terminal as it says it, instead of being returned
 * @property {boolean} [yields]  to every other process
 *
 * @typedef {{ status: number, stdout: string, stderr: string }} Ended
 */

const LOWEST = 19;

/** @type {Set<() => void>} */
const enders = new Set();
process.on('exit', () => {
  for (const end of enders) end();
});
for (const [signal, number] of /** @type {const} */ ([
  ['SIGINT', 2],
  ['SIGTERM', 15],
])) {
  process.on(signal, () => process.exit(128 + number));
}

/**
 * Runs it to its end. What still runs when this process ends is ended with it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Followed} options
 * @returns {Promise<Ended>} also where it could not be started: status 1, and why in `stderr`
 */
export function follow(command, args, { cwd, env = process.env, shown = false, yields = false }) {
  // Linux weighs sessions first and the processes of each only then, so one that yields gets a session of its own.
  const detached = yields && process.platform === 'linux';
  const stream = shown ? 'inherit' : 'pipe';
  const child = spawn(command, args, { cwd, env, detached, stdio: ['ignore', stream, stream] });
  const end = () => {
    try {
      if (detached && child.pid) process.kill(-child.pid, 'SIGKILL');
      else child.kill();
    } catch {
      // Gone.
    }
  };
  if (yields && child.pid) yieldToOthers(child.pid);
  enders.add(end);
  const said = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name]?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      said[name] += text;
    });
  }
  return new Promise((resolve) => {
    /** @param {number | null} status */
    const ended = (status) => {
      enders.delete(end);
      resolve({ status: status ?? 1, ...said });
    };
    child.on('close', ended);
    child.on('error', (error) => {
      said.stderr += `${error.message}\n`;
      if (child.pid === undefined) ended(null);
    });
  });
}

/** @param {number} pid */
function yieldToOthers(pid) {
  try {
    setPriority(pid, LOWEST);
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(LOWEST));
  } catch {
    // It has ended, or the system knows no such thing: then it is one among the others.
  }
}
