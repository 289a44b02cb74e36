import { useSyncExternalStore } from 'react';
import { canRead, read } from './read-aloud';

const none: readonly SpeechSynthesisVoice[] = [];
let known: readonly SpeechSynthesisVoice[] = none;

/** The system's voices; Chromium has them some time after it is asked first. */
export function useVoices(): readonly SpeechSynthesisVoice[] {
  return useSyncExternalStore(subscribe, voices);
}

function subscribe(listener: () => void): () => void {
  if (!canRead) return () => {};
  speechSynthesis.addEventListener('voiceschanged', listener);
  return () => speechSynthesis.removeEventListener('voiceschanged', listener);
}

function voices(): readonly SpeechSynthesisVoice[] {
  if (!canRead) return none;
  const now = speechSynthesis.getVoices();
  // A new array every time, though mostly of the same voices.
  if (now.length !== known.length || now.some((voice, i) => voice !== known[i])) known = now;
  return known;
}

/** A sample of the voice that is chosen. */
export function sayAloud(text: string): void {
  read('sample', text);
}
