import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../contract/manifest';

export function manifest(id: string): Manifest {
  return {
    format: 1,
    id,
    family: 'autoglm-phone',
    name: `Model ${id}`,
    license: 'Apache-2.0',
    source: 'a test',
    parameters: 1,
    modalities: ['text'],
    precision: 'int4',
    contextLength: 2048,
    maxOutputTokens: 1024,
    architecture: {},
    graphs: {},
    tokenizer: 'tokenizer.json',
    tokens: { pad: 0, eos: [1], decoderStart: 2 },
    reasoning: { open: '<think>', close: '</think>', default: true },
    generation: {},
    memory: { weights: 1, kvPerToken: 1 },
    files: [],
  };
}

/** A model's folder with nothing but its description; the fake engine needs no more. */
export function writeModel(parent: string, id: string): string {
  const folder = join(parent, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'autoglm.json'), JSON.stringify(manifest(id)));
  return folder;
}
