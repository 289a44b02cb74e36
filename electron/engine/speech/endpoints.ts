import type { SpeechEvent } from '../../contract/speech';
import { SPEECH_RATE } from '../../contract/wav';
import { VAD_FRAME } from './silero';

export interface EndpointOptions {
  /** A frame at least so likely is a voice … */
  readonly onset: number;
  /** … until one is less likely than this. */
  readonly offset: number;
  /** A click or a cough is shorter. */
  readonly minSpeechMs: number;
  /** A pause so long ends what is said. */
  readonly pauseMs: number;
  /** Kept before and after the voice: consonants at its edges are soft. */
  readonly roomMs: number;
}

/** Thresholds as Silero's own utilities have them (utils_vad.py: get_speech_timestamps). */
const USUAL: EndpointOptions = { onset: 0.5, offset: 0.35, minSpeechMs: 128, pauseMs: 900, roomMs: 300 };

/** From probabilities to the beginnings and ends of what is said. */
export class Endpoints {
  readonly #options: EndpointOptions;
  /** Frames judged so far. */
  #frames = 0;
  /** First frame of the voice, and the one after its last. */
  #from = -1;
  #to = -1;
  #voiced = 0;
  #announced = false;

  constructor(options: Partial<EndpointOptions> = {}) {
    this.#options = { ...USUAL, ...options };
  }

  push(probability: number): SpeechEvent | null {
    const { onset, offset, minSpeechMs, pauseMs } = this.#options;
    const frame = this.#frames++;
    if (probability >= onset || (this.#from >= 0 && probability >= offset)) {
      if (this.#from < 0) this.#from = frame;
      this.#to = frame + 1;
      this.#voiced++;
    }
    if (this.#from < 0) return null;
    if (!this.#announced && this.#voiced >= inFrames(minSpeechMs)) {
      this.#announced = true;
      return { type: 'start', at: this.#start() };
    }
    // Something short must not be added to by something short much later.
    return this.#frames - this.#to >= inFrames(this.#announced ? pauseMs : 2 * minSpeechMs)
      ? this.end()
      : null;
  }

  /** The sound ends here. */
  end(): SpeechEvent | null {
    const event: SpeechEvent | null = this.#announced
      ? {
          type: 'end',
          start: this.#start(),
          end: Math.min(this.#frames, this.#to + this.#room()) * VAD_FRAME,
        }
      : null;
    this.#from = -1;
    this.#voiced = 0;
    this.#announced = false;
    return event;
  }

  #start(): number {
    return Math.max(0, this.#from - this.#room()) * VAD_FRAME;
  }

  #room(): number {
    return inFrames(this.#options.roomMs);
  }
}

function inFrames(milliseconds: number): number {
  return Math.max(1, Math.round((milliseconds / 1000) * (SPEECH_RATE / VAD_FRAME)));
}
