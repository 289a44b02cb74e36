import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../families/autoglm-phone/config';
import { randomTensors, writeSafetensors } from '../testing';
import { byteTokenizer } from '../tokenizer';

/** Helpers of AWQ's tests. */

/**
 * A checkpoint in which few input channels are far larger than the others, through their norm weights: what large language models look
 * like inside, and what rounding to nearest takes no notice of.
 */
export function writeOutlierCheckpoint(folder: string, config: Config): void {
  const tensors = randomTensors(config);
  for (const [name, tensor] of tensors) {
    const values = new Float32Array(tensor.data.slice().buffer);
    if (name.endsWith('norm.weight')) {
      for (let i = 0; i < values.length; i++) values[i] = i % 16 === 5 ? 20 : 0.5 + ((i * 7) % 10) / 10;
    } else {
      // Of a size that makes attention and logits uneven.
      for (let i = 0; i < values.length; i++) values[i]! *= 3;
    }
    tensors.set(name, { ...tensor, data: new Uint8Array(values.buffer) });
  }
  mkdirSync(folder, { recursive: true });
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(path.join(folder, 'tokenizer.json'), byteTokenizer());
}

/** Calibration lines of any text. */
export function writeCalibration(file: string, lines = 12): void {
  const text = (i: number) => `What is ${i * 37} + ${i * 91}? 你好 ${'abc'.repeat(i % 5)}`;
  const rows = Array.from({ length: lines }, (_, i) =>
    JSON.stringify({
      messages: [{ role: 'user', content: text(i) }],
      ...(i % 2 === 0 && { reasoning: `${i * 37}+${i * 91}` }),
      answer: `= ${i * 128}`,
    }),
  );
  writeFileSync(file, `${rows.join('\n')}\n`);
}
