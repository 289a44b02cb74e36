import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ContentPart, GenerationStats } from '../../electron/contract/generation';
import { encodeWav, SPEECH_RATE } from '../../electron/contract/wav';
import type { LoadedModel } from '../../electron/engine/runtime/loaded-model';
import { spread } from './spread';

type Spread = ReturnType<typeof spread>;

/** A question of some kind, each time with a picture or clip that was never seen or heard, since the engine keeps what it knows. */
export interface TurnFigures {
  readonly turn: string;
  readonly promptTokens: number;
  /** From the question to the first token of the answer, ms; reading the files counts. */
  readonly firstTokenMs: Spread;
  /** Of that: decoding and encoding of pictures and sound. */
  readonly mediaMs?: Spread;
  /** To the end of an answer of `ANSWER_TOKENS`. */
  readonly responseMs: Spread;
}

const ANSWER_TOKENS = 16;
const CLIP_SECONDS = 3;

const PICTURES = [
  { turn: 'picture, 256 x 256 PNG', width: 256, height: 256, type: 'png' },
  { turn: 'photo, 1200 x 800 JPEG', width: 1200, height: 800, type: 'jpeg' },
  { turn: 'photo, 4000 x 3000 JPEG', width: 4000, height: 3000, type: 'jpeg' },
] as const;

/** Turns of all kinds that the model takes; the first of each kind does not count. */
export async function measureTurns(model: LoadedModel, rounds: number): Promise<TurnFigures[]> {
  const { modalities } = model.info.manifest;
  const folder = mkdtempSync(join(tmpdir(), 'autoglm-turns-'));
  try {
    const turns: { turn: string; content: (round: number) => readonly ContentPart[] }[] = [
      { turn: 'text', content: (round) => [{ type: 'text', text: `What is ${384 + round} + 729?` }] },
    ];
    if (modalities.includes('image')) {
      for (const [i, { turn, width, height, type }] of PICTURES.entries()) {
        const path = join(folder, `${i}.${type}`);
        const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
        await sharp({ create: { width, height, channels: 3, background: '#fff', noise } })
          .toFormat(type)
          .toFile(path);
        turns.push({
          turn,
          content: (round) => [
            { type: 'image', path, sha256: `turn-${i}-${round}` },
            { type: 'text', text: 'What is in the picture?' },
          ],
        });
      }
    }
    if (modalities.includes('audio')) {
      const path = join(folder, 'clip.wav');
      writeFileSync(path, encodeWav(hum(CLIP_SECONDS * SPEECH_RATE)));
      turns.push({
        turn: `speech, ${CLIP_SECONDS} s WAV`,
        content: (round) => [{ type: 'audio', path, sha256: `turn-clip-${round}` }],
      });
    }
    const figures: TurnFigures[] = [];
    for (const { turn, content } of turns) {
      const all: GenerationStats[] = [];
      for (let round = 0; round <= rounds; round++) {
        const stats = await answer(model, content(round));
        if (round > 0) all.push(stats);
      }
      figures.push({
        turn,
        promptTokens: all[0]?.promptTokens ?? 0,
        firstTokenMs: spread(all.map((stats) => stats.firstTokenMs)),
        ...(all[0]?.mediaMs !== undefined && { mediaMs: spread(all.map((stats) => stats.mediaMs ?? 0)) }),
        responseMs: spread(all.map((stats) => stats.totalMs)),
      });
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answer(model: LoadedModel, content: readonly ContentPart[]): Promise<GenerationStats> {
  const request = {
    messages: [{ role: 'user' as const, content }],
    sampling: { temperature: 0, maxTokens: ANSWER_TOKENS },
    enableThinking: false,
  };
  for await (const event of model.generate(request)) {
    if (event.type === 'failed') throw new Error(event.error.message);
    if (event.type === 'finished') return event.stats;
  }
  throw new Error('the generation ended without statistics');
}

/** What it says does not matter for the time, that it is loud and soft does. */
export function hum(samples: number): Float32Array {
  return new Float32Array(samples).map(
    (_, i) => 0.3 * Math.sin(i / 20) * (Math.sin(i / 3000) > 0 ? 1 : 0.1) + 0.01 * Math.sin(i * i),
  );
}
