import { create } from 'zustand';
import type { AssistantMessage } from '../../../electron/contract/conversations';
import { useChat } from '../../stores/chat';
import { useSettings } from '../../stores/settings';
import { type Speakable, toSpeakable } from './speakable';

/** The message being read; null while it is quiet. */
export const useReading = create<{ readonly messageId: string | null }>(() => ({ messageId: null }));

/** Counts up: what an earlier reading still says is of no interest. */
let turn = 0;

export const canRead = typeof speechSynthesis !== 'undefined';

/** Reads an answer, or stops where it is being read already. */
export function toggleReading(messageId: string, text: string): void {
  if (useReading.getState().messageId === messageId) stopReading();
  else read(messageId, text);
}

/** @returns whether anything was being read. */
export function stopReading(): boolean {
  const was = useReading.getState().messageId !== null;
  turn++;
  if (was) {
    speechSynthesis.cancel();
    useReading.setState({ messageId: null });
  }
  return was;
}

export function read(messageId: string, text: string): void {
  if (!canRead) return;
  stopReading();
  const pieces = toSpeakable(text);
  if (pieces.length === 0) return;
  useReading.setState({ messageId });
  void speakAll(pieces, ++turn);
}

/** One sentence after the other: Chromium falls silent in the middle of long texts. */
async function speakAll(pieces: readonly Speakable[], mine: number): Promise<void> {
  for (const piece of pieces) {
    if (mine !== turn) return;
    await speak(piece);
  }
  if (mine === turn) useReading.setState({ messageId: null });
}

/** Resolves when it was said, could not be said, or was stopped. */
function speak({ text, language }: Speakable): Promise<void> {
  return new Promise((resolve) => {
    const { voiceEn, voiceZh, speechRate } = useSettings.getState();
    const utterance = new SpeechSynthesisUtterance(text);
    const wanted = language === 'zh' ? voiceZh : voiceEn;
    const voice = speechSynthesis.getVoices().find(({ voiceURI }) => voiceURI === wanted);
    utterance.lang = language === 'zh' ? 'zh-CN' : 'en-US';
    if (voice) {
      utterance.voice = voice;
      utterance.lang = voice.lang;
    }
    utterance.rate = speechRate;
    utterance.onend = () => resolve();
    utterance.onerror = () => resolve();
    speechSynthesis.speak(utterance);
  });
}

/** Read by the window that asked, and by no other that shows the conversation too. */
const asked = new Set<string>();

/** A question was spoken and sent from here: its answer is read when it is there. */
export function expectSpokenAnswer(messageId: string): void {
  asked.add(messageId);
}

/** Called with every answer that ends. */
export function readSpokenAnswer(message: AssistantMessage): void {
  if (!asked.delete(message.id) || message.state !== 'done') return;
  if (useSettings.getState().readAloud !== 'spoken') return;
  if (useChat.getState().conversationId === message.conversationId) read(message.id, message.text);
}
