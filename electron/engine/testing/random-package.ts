import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from '../../../models/builder/families/autoglm-phone/build';
import type { Config } from '../../../models/builder/families/autoglm-phone/config';
import { RandomSource } from '../../../models/builder/families/autoglm-phone/random-source';
import { byteTokenizer } from '../../../models/builder/tokenizer';

const TINY: Config = {
  model_type: 'autoglm-phone',
  vocab_size: 512,
  hidden_size: 64,
  intermediate_size: 128,
  num_attention_heads: 4,
  encoder_layers: 2,
  decoder_layers: 2,
  rope_theta: 10000,
  rms_norm_eps: 1e-6,
  max_position_embeddings: 256,
  pad_token_id: 0,
  eos_token_id: 1,
  decoder_start_token_id: 4,
};

/** A package of random weights in a temporary folder: it writes nonsense, but always the same. Its tokenizer has one token a byte. */
export function createRandomPackage(changes: Partial<Config> = {}): { folder: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'autoglm-engine-'));
  const folder = join(root, 'package');
  const config = { ...TINY, ...changes };
  buildPackage({
    names: { id: 'random', name: 'Random', license: 'Apache-2.0', source: 'random weights' },
    config,
    source: new RandomSource(config),
    tokenizer: { text: byteTokenizer() },
    out: folder,
    precision: 'int4',
    blockSize: 32,
  });
  return { folder, remove: () => rmSync(root, { recursive: true, force: true }) };
}
