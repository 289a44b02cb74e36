import { SPEECH_RATE } from '../../../contract/wav';
import { joinPieces } from '../../speech/join-pieces';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { searchBeam, sharedLength } from '../beam-search';
import type { TranscribeOptions } from '../family';
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
/** models/README.md section 6 says what widths cost and bring. */
const BEAM_WIDTH = 4;
/** Of natural logarithms: of 3,844 words in 600 clips 350 were wrong, without it 351, for two thirds of the work. */
const SPREAD = 5;

/** Writes down speech, piece by piece, with the model's own encoder and decoder and a small cache beside the conversations'. */
export class Transcriber {
  readonly #parts: TranscriberParts;
  #sequence: AutoglmPhoneSequence | null = null;

  constructor(parts: TranscriberParts) {
    this.#parts = parts;
  }

  /**
   * @param samples mono, 16 kHz, -1 … 1, of any length: longer sound is cut at pauses.
   * @param options `onSegment` is called with each piece in which something was understood.
   * @returns empty where there is no sound.
   * @throws AppError `aborted`, `engine-failed`, `out-of-memory`
   */
  async write(
    samples: Float32Array,
    { beamWidth = BEAM_WIDTH, onSegment }: TranscribeOptions,
    signal?: AbortSignal,
  ): Promise<string> {
    const pieces: string[] = [];
    for (const { start, end } of cutAtPauses(samples, SPEECH_RATE)) {
      if (end === start) continue;
      const text = (await this.#piece(samples.subarray(start, end), beamWidth, signal)).trim();
      if (text === '') continue;
      pieces.push(text);
      onSegment?.({ text, start: start / SPEECH_RATE, end: end / SPEECH_RATE });
    }
    return joinPieces(pieces);
  }

  dispose(): void {
    this.#sequence?.dispose();
    this.#sequence = null;
  }

  async #piece(samples: Float32Array, width: number, signal?: AbortSignal): Promise<string> {
    const { settings, tokenizer, eos, createSequence, features } = this.#parts;
    const cell = settings.sound!.cell;
    const rows = Math.ceil(samples.length / cell);
    const clip: Medium = { kind: 'audio', key: '', path: '', rows, span: { start: 0, end: samples.length } };
    this.#sequence ??= createSequence({ ...settings, rows: Math.min(settings.rows, cacheRows(cell)) });
    const sequence = this.#sequence;
    const prompt = await buildTranscriptionPrompt([clip], tokenizer, settings.rows);
    await sequence.prefill(prompt, signal, [await features.listen(samples, signal)]);
    const most = Math.min(sequence.room, tokensFor(samples.length / SPEECH_RATE));
    let written: readonly number[] = [];
    const next = async (wanted: readonly number[]) => {
      const kept = sharedLength(written, wanted);
      if (kept < wanted.length) await sequence.replace(written.length - kept, wanted.slice(kept), signal);
      written = wanted;
      return sequence.logits();
    };
    const { tokens } = await searchBeam(next, { width, limit: most, ends: eos, spread: SPREAD }, signal);
    return tokenizer.decode(tokens);
  }
}

const tokensFor = (seconds: number): number => Math.ceil(FEWEST_TOKENS + TOKENS_PER_SECOND * seconds);

/** Of the longest piece with its transcript. */
const cacheRows = (cell: number): number =>
  Math.ceil((CLIP_SECONDS * SPEECH_RATE) / cell) + tokensFor(CLIP_SECONDS) + 8;
