import i18next from 'i18next';
import { create } from 'zustand';
import { MAX_SPEECH_SECONDS } from '../../../electron/contract/speech';
import { SPEECH_RATE } from '../../../electron/contract/wav';
import { bridge } from '../../bridge/bridge';
import { useChat } from '../../stores/chat';
import { type Place, placeOf } from '../../stores/place';
import { useSettings } from '../../stores/settings';
import { showNotice } from '../../stores/toasts';
import { focusComposer } from '../composer/focus';
import { playCue } from './cue';
import { cancelWriting, takeRecording } from './intake';
import { clearLevels, pushLevel } from './levels';
import { type Microphone, MicrophoneError, type MicrophoneProblem, openMicrophone } from './microphone';
import { stopReading } from './read-aloud';
import { findRecognizer } from './recognizer';

export type VoiceProblem = MicrophoneProblem | 'no-recognizer';

export interface VoiceState {
  readonly phase: 'idle' | 'opening' | 'recording' | 'writing';
  /** Ends when what is held is let go; else at the next press. */
  readonly held: boolean;
  /** Milliseconds as `performance.now()` has them. */
  readonly startedAt: number;
  /** Why it could not begin; stays until it can or is dismissed. */
  readonly problem: VoiceProblem | null;
}

const idle: VoiceState = { phase: 'idle', held: false, startedAt: 0, problem: null };

export const useVoice = create<VoiceState>(() => idle);

/** A press shorter than this was no hold. */
const HOLD_MS = 350;
/** Nothing is said in less: a slip of the hand. */
const MIN_SAMPLES = 0.3 * SPEECH_RATE;
const MAX_SAMPLES = MAX_SPEECH_SECONDS * SPEECH_RATE;

let microphone: Microphone | null = null;
let pieces: Float32Array[] = [];
let recorded = 0;
let pressedAt = 0;
/** Counts up with each recording: what comes late for an earlier one is dropped. */
let turn = 0;
let place: Place = placeOf(null);

/** The button, Space or the shortcut goes down: begins, or ends what a short press began. */
export function pressTalk(): void {
  const { phase } = useVoice.getState();
  pressedAt = performance.now();
  if (phase === 'idle') void begin(true);
  else if (phase === 'recording') endTalking();
}

/** It comes up: the end, unless the press was too short to be a hold. */
export function releaseTalk(): void {
  const { phase, held } = useVoice.getState();
  if (!held) return;
  const short = performance.now() - pressedAt < HOLD_MS;
  // Nothing was recorded while the person was asked for the microphone.
  if (short || phase === 'opening') useVoice.setState({ held: false });
  else if (phase === 'recording') endTalking();
}

/** For a menu, the palette and the shortcut of the whole system, which know no holding. */
export function toggleTalk(): void {
  const { phase } = useVoice.getState();
  if (phase === 'idle') void begin(false);
  else if (phase === 'recording') endTalking();
}

/** @returns whether there was anything to cancel. */
export function cancelTalk(): boolean {
  const { phase } = useVoice.getState();
  if (phase === 'idle') return false;
  if (phase === 'writing') cancelWriting();
  release();
  useVoice.setState(idle);
  return true;
}

export function dismissVoiceProblem(): void {
  useVoice.setState({ problem: null });
}

export function reportVoiceProblem(error: unknown): void {
  useVoice.setState({ problem: error instanceof MicrophoneError ? error.problem : 'busy' });
}

async function begin(held: boolean): Promise<void> {
  stopReading();
  const mine = ++turn;
  place = placeOf(useChat.getState().conversationId);
  pieces = [];
  recorded = 0;
  clearLevels();
  useVoice.setState({ phase: 'opening', held, problem: null, startedAt: performance.now() });
  const found = await findRecognizer();
  if (mine !== turn) return;
  if (!found) {
    useVoice.setState({ ...idle, problem: 'no-recognizer' });
    return;
  }
  // The networks are opened while the person speaks. What fails here fails again where it is said.
  bridge()
    .request('speech.prepare')
    .catch(() => {});
  try {
    const opened = await openMicrophone(useSettings.getState().microphoneId, {
      piece: (samples) => record(mine, samples),
      lost: () => {
        if (mine !== turn) return;
        showNotice(i18next.t('voice.lost'));
        endTalking();
      },
    });
    if (mine !== turn) {
      opened.close();
      return;
    }
    microphone = opened;
    useVoice.setState({ phase: 'recording', startedAt: performance.now() });
    if (!document.hasFocus()) playCue('begin');
  } catch (error) {
    if (mine !== turn) return;
    useVoice.setState(idle);
    reportVoiceProblem(error);
  }
}

function record(mine: number, samples: Float32Array): void {
  if (mine !== turn) return;
  pieces.push(samples);
  recorded += samples.length;
  pushLevel(samples);
  if (recorded < MAX_SAMPLES) return;
  showNotice(i18next.t('voice.longest', { minutes: MAX_SPEECH_SECONDS / 60 }));
  endTalking();
}

function endTalking(): void {
  const sound = joinPieces(pieces);
  const away = !document.hasFocus();
  release();
  if (away) playCue('end');
  if (sound.length < MIN_SAMPLES) {
    useVoice.setState(idle);
    return;
  }
  const mine = turn;
  useVoice.setState({ phase: 'writing', held: false });
  void takeRecording(sound, { place, send: useSettings.getState().sendSpoken }).finally(() => {
    if (mine !== turn) return;
    useVoice.setState({ phase: 'idle' });
    focusComposer();
  });
}

function release(): void {
  turn++;
  microphone?.close();
  microphone = null;
  pieces = [];
  recorded = 0;
}

export function joinPieces(list: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(list.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of list) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
