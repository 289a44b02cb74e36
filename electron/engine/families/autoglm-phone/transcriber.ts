import { AppError } from '../../../contract/errors';
import type { SpokenSegment } from '../../../contract/speech';
import { SPEECH_RATE } from '../../../contract/wav';
import { joinPieces } from '../../speech/join-pieces';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { CLIP_SECONDS, cutAtPauses } from './clip';
import type { MediaFeatures } from './features';
import type { Medium } from './media';
import { buildTranscriptionPrompt } from './prompt';
import type { AutoglmPhoneSequence } from './sequence';
import type { Settings } from './settings';

export interface TranscriberParts {
  readonly tokenizer: Tokenizer;
  readonly settings: Settings;
  readonly eos: ReadonlySet<number>;
  readonly features: MediaFeatures;
  readonly createSequence: (settings: Settings) => AutoglmPhoneSequence;
}

/** Nobody says more tokens in a second; a model that goes on and on is stopped there. */
const TOKENS_PER_SECOND = 16;
const FEWEST_TOKENS = 24;

/** Writes down speech, piece by piece, with the model's own encoder and decoder and a small cache beside the conversations'. */
export class Transcriber {
  readonly #parts: TranscriberParts;
  #sequence: AutoglmPhoneSequence | null = null;

  constructor(parts: TranscriberParts) {
    this.#parts = parts;
  }

  /**
   * @param samples mono, 16 kHz, -1 … 1, of any length: longer sound is cut at pauses.
   * @param onSegment called with each piece in which something was understood.
   * @returns empty where there is no sound.
   * @throws AppError `aborted`, `engine-failed`, `out-of-memory`
   */
  async write(
    samples: Float32Array,
    signal?: AbortSignal,
    onSegment: (segment: SpokenSegment) => void = () => {},
  ): Promise<string> {
    const pieces: string[] = [];
    for (const { start, end } of cutAtPauses(samples, SPEECH_RATE)) {
      if (end === start) continue;
      const text = (await this.#piece(samples.subarray(start, end), signal)).trim();
      if (text === '') continue;
      pieces.push(text);
      onSegment({ text, start: start / SPEECH_RATE, end: end / SPEECH_RATE });
    }
    return joinPieces(pieces);
  }

  dispose(): void {
    this.#sequence?.dispose();
    this.#sequence = null;
  }

  async #piece(samples: Float32Array, signal?: AbortSignal): Promise<string> {
    const { settings, tokenizer, eos, createSequence, features } = this.#parts;
    const cell = settings.sound!.cell;
    const rows = Math.ceil(samples.length / cell);
    const clip: Medium = { kind: 'audio', key: '', path: '', rows, span: { start: 0, end: samples.length } };
    this.#sequence ??= createSequence({ ...settings, rows: Math.min(settings.rows, cacheRows(cell)) });
    const sequence = this.#sequence;
    const prompt = await buildTranscriptionPrompt([clip], tokenizer, settings.rows);
    await sequence.prefill(prompt, signal, [await features.listen(samples, signal)]);
    const most = Math.min(sequence.room, tokensFor(samples.length / SPEECH_RATE));
    const tokens: number[] = [];
    while (tokens.length < most) {
      if (signal?.aborted) throw new AppError('aborted', 'The transcription was stopped.');
      const token = sequence.greedy();
      if (eos.has(token)) break;
      tokens.push(token);
      const running = sequence.step(token);
      if (running) await running;
      // Messages of the app, an abort among them, are read in between.
      else if (tokens.length % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return tokenizer.decode(tokens);
  }
}

const tokensFor = (seconds: number): number => Math.ceil(FEWEST_TOKENS + TOKENS_PER_SECOND * seconds);

/** Of the longest piece with its transcript. */
const cacheRows = (cell: number): number =>
  Math.ceil((CLIP_SECONDS * SPEECH_RATE) / cell) + tokensFor(CLIP_SECONDS) + 8;
