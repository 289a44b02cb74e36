import type { EngineCommand, EngineMessage } from '../../electron/contract/engine';
import { openParentPort } from '../../electron/contract/parent-port';
import { Engine } from '../../electron/engine/engine';
import { Speech } from '../../electron/engine/speech/speech';

/**
 * The engine as it is, with Silero and the built-in model; only what understands words is replaced, as the weights of a recogniser
 * do not lie here. It counts what it hears: "What is 2 + 2?" are two bursts of voice with a pause between.
 */

const FRAME = 320;
const LOUD = 0.005;
const PAUSE_FRAMES = 12;

function bursts(samples: Float32Array): number {
  let count = 0;
  let quiet = PAUSE_FRAMES;
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    let energy = 0;
    for (const sample of samples.subarray(at, at + FRAME)) energy += sample * sample;
    if (Math.sqrt(energy / FRAME) < LOUD) quiet++;
    else {
      if (quiet >= PAUSE_FRAMES) count++;
      quiet = 0;
    }
  }
  return count;
}

const port = openParentPort<EngineCommand, EngineMessage>();
const engine = new Engine(
  port,
  new Speech(async (folder) => {
    if (folder.includes('broken')) throw new Error('This recogniser is broken.');
    return {
      transcribe: async (samples, { language }) => {
        const count = bursts(samples);
        return language === 'zh' ? `${count} 加 ${count} 等于多少？` : `What is ${count} + ${count}?`;
      },
      dispose: () => {},
    };
  }),
);
process.on('SIGTERM', () => void engine.shutdown());
port.onClose(() => void engine.shutdown());
port.onCommand((command) => engine.handle(command));
port.send({ type: 'ready', runtime: 'a test', pid: process.pid });
