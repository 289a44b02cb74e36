/** @typedef {import('../../contract/engine').EngineCommand} EngineCommand */
/** @typedef {import('../../contract/engine').EngineMessage} EngineMessage */

/** @param {EngineMessage} message */
export const send = (message) => {
  if (process.connected) process.send?.(message);
};

/**
 * The channel of a scripted engine's process: says that it is ready, hands on every command, and ends when told to or with its host.
 *
 * @param {string} runtime  what it calls itself
 * @param {(command: EngineCommand) => void} handle
 */
export function serve(runtime, handle) {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => {
    const command = /** @type {EngineCommand} */ (message);
    if (command.type === 'shutdown') process.exit(0);
    handle(command);
  });
  send({ type: 'ready', runtime, pid: process.pid });
}
