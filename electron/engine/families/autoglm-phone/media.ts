import { AppError } from '../../../contract/errors';
import type { ContentPart } from '../../../contract/generation';
import { SPEECH_RATE } from '../../../contract/wav';
import { ByteCache } from '../../media/byte-cache';
import { imageSize } from '../../media/image-file';
import { readSound, soundLength } from '../../media/sound-file';
import { CLIP_SECONDS, cutAtPauses, type Span } from './clip';
import { type Grid, gridOf } from './picture';
import type { Settings } from './settings';

/** A picture, or a clip of at most 10 seconds, as the encoder's sequence has it. */
export type Medium = {
  /** Names what the rows are made from: they depend on nothing else. */
  readonly key: string;
  readonly path: string;
  /** Of the encoder's sequence. */
  readonly rows: number;
} & ({ readonly kind: 'image'; readonly grid: Grid } | { readonly kind: 'audio'; readonly span: Span });

/** What the model sees and hears, and rows of the KV cache. */
export type MediaSettings = Pick<Settings, 'picture' | 'sound' | 'rows'>;

/** Facts of so many files are remembered; a conversation asks for those of its earlier turns every time. */
const REMEMBERED = 1000;

/** Says how many rows the files of a conversation take, without encoding them. */
export class MediaIndex {
  readonly #settings: MediaSettings;
  readonly #known = new ByteCache<readonly Medium[]>(REMEMBERED, (media) => media.length);

  constructor(settings: MediaSettings) {
    this.#settings = settings;
  }

  /**
   * A picture is one medium; a recording is cut at its pauses into as many as it takes.
   *
   * @throws AppError `invalid-request` for what the model does not take or cannot be read, `context-exceeded` for a recording that is
   *   longer than a conversation may be.
   */
  async of(part: Exclude<ContentPart, { readonly type: 'text' }>): Promise<readonly Medium[]> {
    const key = `${part.type} ${part.sha256}`;
    const known = this.#known.get(key);
    // The same content may lie elsewhere by now.
    if (known) return known.map((medium) => ({ ...medium, path: part.path }));
    const media = part.type === 'image' ? await this.#picture(part) : await this.#sound(part);
    this.#known.set(key, media);
    return media;
  }

  async #picture({ path, sha256 }: { path: string; sha256: string }): Promise<readonly Medium[]> {
    const { picture } = this.#settings;
    if (!picture) throw this.#refusal('images');
    const grid = gridOf(await imageSize(path), picture);
    return [{ kind: 'image', key: `image ${sha256}`, path, rows: grid.rows * grid.columns, grid }];
  }

  async #sound({ path, sha256 }: { path: string; sha256: string }): Promise<readonly Medium[]> {
    const { sound, rows } = this.#settings;
    if (!sound) throw this.#refusal('sound');
    const length = await soundLength(path);
    // Before any of it is read.
    if (Math.ceil(length / sound.cell) > rows) {
      const [seconds, limit] = [length / SPEECH_RATE, (rows * sound.cell) / SPEECH_RATE];
      throw new AppError(
        'context-exceeded',
        `The recording lasts ${inWords(seconds)}; this model can hear at most ${inWords(limit)}, the rest of the conversation ` +
          'included. Cut it, or transcribe it first.',
        {
          kind: 'recording-too-long',
          seconds,
          limitSeconds: limit,
          tokens: Math.ceil(length / sound.cell),
          limit: rows,
        },
      );
    }
    const spans =
      length <= CLIP_SECONDS * SPEECH_RATE
        ? [{ start: 0, end: length }]
        : cutAtPauses(await readSound(path), SPEECH_RATE);
    return spans.map((span, i) => ({
      kind: 'audio',
      key: `audio ${sha256} ${i}`,
      path,
      rows: Math.ceil((span.end - span.start) / sound.cell),
      span,
    }));
  }

  #refusal(what: 'images' | 'sound'): AppError {
    const { picture, sound } = this.#settings;
    const takes = ['text', ...(picture ? ['images'] : []), ...(sound ? ['sound'] : [])];
    const reads = takes.length > 1 ? `${takes.join(' and ')}` : 'text only';
    return new AppError('invalid-request', `This model reads ${reads}; it cannot take ${what}.`, {
      kind: what === 'images' ? 'model-reads-no-images' : 'model-hears-no-sound',
      part: what === 'images' ? 'image' : 'audio',
    });
  }
}

function inWords(seconds: number): string {
  return seconds < 120 ? `${Math.floor(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;
}
