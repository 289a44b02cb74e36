import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, buildPackage } from './families/autoglm-phone/build';
import { loadConfig } from './families/autoglm-phone/config';
import { buildGlm4v } from './families/glm4v/build';
import { loadGlm4vConfig } from './families/glm4v/config';
import type { GraphChoiceName } from './families/glm4v/graph-choice';
import { buildWhisper } from './families/whisper/build';
import { loadWhisperConfig, loadWhisperGeneration } from './families/whisper/config';
import { SafetensorsSource } from './safetensors';
import { byteTokenizer } from './tokenizer';

/** For tests: packages of the small random checkpoints in `fixtures/`, whose answers PyTorch and transformers wrote down. */

export type Fixture = 'tiny' | 'senses' | 'glm4v' | 'whisper';

export const fixtureFolder = (name: Fixture): string => path.join(import.meta.dirname, 'fixtures', name);

interface FixtureOptions extends Partial<Omit<BuildOptions, 'source' | 'tokenizer' | 'out'>> {
  readonly cudaGraph?: readonly GraphChoiceName[];
}

/** Builds `${name}-test` into the folder `out`; exact (fp32) unless told. */
export function buildFixture(name: Fixture, out: string, options: FixtureOptions = {}): void {
  const folder = fixtureFolder(name);
  const config = path.join(folder, 'config.json');
  const tokenizer = { path: path.join(folder, 'tokenizer.json') };
  const source = new SafetensorsSource(folder);
  const names = { id: `${name}-test`, name: 'Test', license: 'Apache-2.0', source: 'fixture' };
  const all = { precision: 'fp32', blockSize: 32, accuracyLevel: 1, names, ...options, source, out } as const;
  try {
    if (name === 'glm4v') buildGlm4v({ ...all, config: loadGlm4vConfig(config), tokenizer });
    else if (name === 'whisper') {
      const generation = loadWhisperGeneration(path.join(folder, 'generation_config.json'));
      buildWhisper({ ...all, config: loadWhisperConfig(config), generation, tokenizer });
    } else {
      const own = options.config ?? loadConfig(config);
      buildPackage({ ...all, config: own, tokenizer: { text: byteTokenizer() } });
    }
  } finally {
    source.close();
  }
}

/** A clip of the fixture `whisper`, 16 kHz mono. */
export function whisperClip(name: string): Float32Array {
  const bytes = readFileSync(path.join(fixtureFolder('whisper'), `clips/${name}.s16`));
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i) / 32768);
}
