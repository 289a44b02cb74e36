import i18next from 'i18next';
import { create } from 'zustand';
import { MAX_SPEECH_SECONDS, type SpeechEvent } from '../../../electron/contract/speech';
import { SPEECH_RATE, toInt16 } from '../../../electron/contract/wav';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useChat } from '../../stores/chat';
import { useRunning } from '../../stores/live';
import { placeOf } from '../../stores/place';
import { useSettings } from '../../stores/settings';
import { showError, showNotice } from '../../stores/toasts';
import { runningTurn, stop, whenStarted } from '../../stores/turns';
import { takeRecording } from './intake';
import { clearLevels, pushLevel } from './levels';
import { type Microphone, openMicrophone } from './microphone';
import { stopReading } from './read-aloud';
import { findRecognizer } from './recognizer';
import { cancelTalk, joinPieces, reportVoiceProblem, useVoice } from './voice';

export interface HandsFreeState {
  readonly phase: 'off' | 'opening' | 'listening' | 'speaking' | 'writing';
}

export const useHandsFree = create<HandsFreeState>(() => ({ phase: 'off' }));

/** Samples sent to be judged at once: a tenth of a second. */
const JUDGED = 1600;
/** Kept of what came before anybody spoke. */
const KEPT = 2 * SPEECH_RATE;
/** An engine this far behind hangs. */
const MAX_BEHIND = 20 * SPEECH_RATE;
const STOP_PATIENCE_MS = 5_000;

/** The sound that may still be needed. */
class Memory {
  #pieces: Float32Array[] = [];
  /** Position of the first sample kept, and of the next one to come. */
  #from = 0;
  #to = 0;

  get position(): number {
    return this.#to;
  }

  push(piece: Float32Array): void {
    this.#pieces.push(piece);
    this.#to += piece.length;
  }

  /** Forgets what lies before. */
  forget(position: number): void {
    let [first] = this.#pieces;
    while (first && this.#from + first.length <= position) {
      this.#pieces.shift();
      this.#from += first.length;
      [first] = this.#pieces;
    }
  }

  cut(start: number, end: number): Float32Array {
    return joinPieces(this.#pieces).subarray(Math.max(0, start - this.#from), Math.max(0, end - this.#from));
  }
}

let session: { close(): void } | null = null;

export function toggleHandsFree(): void {
  if (useHandsFree.getState().phase === 'off') void startHandsFree();
  else stopHandsFree();
}

/** @returns whether it was on. */
export function stopHandsFree(): boolean {
  const was = session !== null;
  session?.close();
  session = null;
  useHandsFree.setState({ phase: 'off' });
  return was;
}

async function startHandsFree(): Promise<void> {
  cancelTalk();
  useVoice.setState({ problem: null });
  clearLevels();
  const stream = crypto.randomUUID();
  const memory = new Memory();
  let microphone: Microphone | null = null;
  let waiting: Float32Array[] = [];
  let judged = 0;
  let speakingFrom: number | null = null;
  /** One after the other: their order is the sound's. */
  let judging: Promise<void> = Promise.resolve();
  let sending: Promise<void> = Promise.resolve();

  const mine = {
    close: () => {
      microphone?.close();
      bridge()
        .request('speech.stopListening', stream)
        .catch(() => {});
    },
  };
  session = mine;
  const current = () => session === mine;
  const become = (phase: HandsFreeState['phase']) => {
    if (current()) useHandsFree.setState({ phase });
  };

  const hear = (event: SpeechEvent) => {
    if (event.type === 'start') {
      speakingFrom = event.at;
      // Whoever speaks wants to be listened to.
      stopReading();
      become('speaking');
      return;
    }
    speakingFrom = null;
    const sound = memory.cut(event.start, event.end);
    become('writing');
    sending = sending.then(() => say(sound)).finally(() => speakingFrom === null && become('listening'));
  };

  const judge = async (samples: Float32Array) => {
    if (!current()) return;
    try {
      for (const event of await bridge().request('speech.listen', stream, toBase64(samples))) hear(event);
      judged += samples.length;
      memory.forget((speakingFrom ?? judged) - KEPT);
      if (speakingFrom !== null && memory.position - speakingFrom > MAX_SPEECH_SECONDS * SPEECH_RATE) {
        showNotice(i18next.t('voice.longest', { minutes: MAX_SPEECH_SECONDS / 60 }));
        hear({ type: 'end', start: speakingFrom, end: memory.position });
      }
    } catch (error) {
      if (!current()) return;
      stopHandsFree();
      showError(errorInfo(error));
    }
  };

  useHandsFree.setState({ phase: 'opening' });
  const found = await findRecognizer();
  if (!current()) return;
  if (!found) {
    stopHandsFree();
    useVoice.setState({ problem: 'no-recognizer' });
    return;
  }
  bridge()
    .request('speech.prepare')
    .catch(() => {});
  try {
    const opened = await openMicrophone(useSettings.getState().microphoneId, {
      piece: (samples) => {
        if (!current()) return;
        pushLevel(samples);
        memory.push(samples);
        waiting.push(samples);
        const whole = joinPieces(waiting);
        if (whole.length < JUDGED) return;
        waiting = [];
        if (memory.position - judged > MAX_BEHIND) {
          stopHandsFree();
          return;
        }
        judging = judging.then(() => judge(whole));
      },
      lost: () => {
        if (!current()) return;
        // What had been said is kept, as if there had been a pause.
        void judging.then(() => {
          if (speakingFrom !== null) hear({ type: 'end', start: speakingFrom, end: memory.position });
          stopHandsFree();
        });
        showNotice(i18next.t('voice.lost'));
      },
    });
    if (!current()) {
      opened.close();
      return;
    }
    microphone = opened;
    become('listening');
  } catch (error) {
    if (!current()) return;
    stopHandsFree();
    reportVoiceProblem(error);
  }
}

/** Writes it down and sends it. An answer still being written is ended first: the person has gone on. */
async function say(sound: Float32Array): Promise<void> {
  // The message before may still be on its way, and begin the conversation that this one belongs to.
  await whenStarted();
  const place = placeOf(useChat.getState().conversationId);
  if (runningTurn()) {
    void stop();
    await untilIdle();
  }
  await takeRecording(sound, { place, send: true });
}

function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, STOP_PATIENCE_MS);
    const unsubscribe = useRunning.subscribe(() => {
      if (!runningTurn()) done();
    });
    if (!runningTurn()) done();
  });
}

/** 16 bits, little-endian: what `speech.listen` takes. */
function toBase64(samples: Float32Array): string {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  for (let i = 0; i < samples.length; i++) view.setInt16(2 * i, toInt16(samples[i] ?? 0), true);
  let text = '';
  for (let i = 0; i < view.byteLength; i++) text += String.fromCharCode(view.getUint8(i));
  return btoa(text);
}
