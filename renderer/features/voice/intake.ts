import i18next from 'i18next';
import { MAX_SPEECH_SECONDS, type Transcript } from '../../../electron/contract/speech';
import { encodeWav, SPEECH_RATE } from '../../../electron/contract/wav';
import { bridge } from '../../bridge/bridge';
import { uploadFile } from '../../bridge/files';
import { errorInfo } from '../../lib/errors';
import { useChat } from '../../stores/chat';
import { addClip, changeClip, type DraftClip } from '../../stores/draft-files';
import { draftOf, setDraft } from '../../stores/drafts';
import { type Place, placeOf } from '../../stores/place';
import { useSettings } from '../../stores/settings';
import { showError, showNotice } from '../../stores/toasts';
import { submitComposer } from '../composer/focus';
import { recordingName } from './clip-name';
import { letsModelHear } from './recognizer';

export interface RecordingOptions {
  /** Where it began. */
  readonly place: Place;
  /** Once it is written down, without a look at it. */
  readonly send: boolean;
}

export type Outcome = 'taken' | 'nothing-heard' | 'not-understood' | 'failed' | 'cancelled';

/** A file is decoded whole, in memory: as sound it takes several times its size. */
const MAX_DECODED_BYTES = 200 * 1024 * 1024;

/** Of the recording that is being written down. */
let writing: { readonly sha256: string | null; cancelled: boolean } | null = null;

/** Until it has an answer; the recording goes as well. */
export function cancelWriting(): void {
  if (!writing) return;
  writing.cancelled = true;
  if (writing.sha256 !== null) void cancelRequest(writing.sha256);
}

async function cancelRequest(sha256: string): Promise<void> {
  await bridge()
    .request('speech.cancel', sha256)
    .catch(() => {});
}

/** Keeps what was said and makes a message of it: its words, or the recording itself. Says what went wrong. */
export async function takeRecording(sound: Float32Array, options: RecordingOptions): Promise<Outcome> {
  const mine: { sha256: string | null; cancelled: boolean } = { sha256: null, cancelled: false };
  writing = mine;
  try {
    const name = recordingName();
    const attachment = await uploadFile(new Blob([encodeWav(sound)]), name);
    mine.sha256 = attachment.sha256;
    if (mine.cancelled) return 'cancelled';
    const clip: DraftClip = { id: crypto.randomUUID(), kind: 'clip', name, attachment };
    if (letsModelHear()) {
      addClip(options.place.conversationId, clip);
      if (options.send) await sendFrom(options.place);
      return 'taken';
    }
    return await writeDown(clip, options, mine);
  } catch (error) {
    if (!mine.cancelled) showError(errorInfo(error));
    return mine.cancelled ? 'cancelled' : 'failed';
  } finally {
    if (writing === mine) writing = null;
  }
}

async function writeDown(
  clip: DraftClip,
  options: RecordingOptions,
  mine: { readonly cancelled: boolean },
): Promise<Outcome> {
  const { place } = options;
  let transcript: Transcript;
  try {
    transcript = await request(clip);
  } catch (error) {
    if (mine.cancelled) return 'cancelled';
    // Minutes of speech must not be lost because something was not ready.
    addClip(place.conversationId, clip);
    showError(errorInfo(error));
    return 'failed';
  }
  if (mine.cancelled) return 'cancelled';
  if (!transcript.spoken) {
    showNotice(i18next.t('voice.nothingHeard'));
    return 'nothing-heard';
  }
  const attachment = { ...clip.attachment, transcribed: transcript.text !== '' };
  addClip(place.conversationId, { ...clip, attachment });
  if (transcript.text === '') {
    showNotice(i18next.t('voice.notUnderstood'));
    return 'not-understood';
  }
  insert(place, transcript.text);
  if (options.send) await sendFrom(place);
  return 'taken';
}

/** A recording that lies in the draft, because it was dropped or could not be written down before. */
export async function writeDownClip(clip: DraftClip, conversationId: string | null): Promise<void> {
  const place = placeOf(conversationId);
  try {
    const { text, spoken } = await request(clip);
    if (!spoken) showNotice(i18next.t('voice.nothingHeard'));
    else if (text === '') showNotice(i18next.t('voice.notUnderstood'));
    else {
      changeClip(place.conversationId, clip.id, { transcribed: true });
      insert(place, text);
    }
  } catch (error) {
    showError(errorInfo(error));
  }
}

/** The sound of a file that was dropped, as a recording in the draft. */
export async function takeSound(file: File, name: string, conversationId: string | null): Promise<boolean> {
  const place = placeOf(conversationId);
  const sound = file.size <= MAX_DECODED_BYTES ? await decode(file).catch(() => null) : null;
  const longest = MAX_SPEECH_SECONDS * SPEECH_RATE;
  if (sound && sound.length > longest) {
    showNotice(i18next.t('voice.soundTooLong', { name, minutes: MAX_SPEECH_SECONDS / 60 }));
  }
  try {
    // What the browser does not decode the app may.
    const body = sound ? new Blob([encodeWav(sound.subarray(0, longest))]) : file;
    const attachment = await uploadFile(body, name);
    if (attachment.kind !== 'audio') throw new Error(attachment.kind);
    addClip(place.conversationId, { id: crypto.randomUUID(), kind: 'clip', name, attachment });
    return true;
  } catch (error) {
    if (sound) showError(errorInfo(error));
    else showNotice(i18next.t('voice.soundUnreadable', { name }));
    return false;
  }
}

/** Mono, 16 kHz: the browser resamples to the context's rate. */
async function decode(file: File): Promise<Float32Array> {
  const context = new OfflineAudioContext(1, 1, SPEECH_RATE);
  const buffer = await context.decodeAudioData(await file.arrayBuffer());
  const { length, numberOfChannels } = buffer;
  const mixed = new Float32Array(length);
  for (let channel = 0; channel < numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < length; i++) mixed[i] = (mixed[i] ?? 0) + (samples[i] ?? 0) / numberOfChannels;
  }
  return mixed;
}

function request({ attachment }: DraftClip): Promise<Transcript> {
  return bridge().request('speech.transcribe', attachment.sha256, useSettings.getState().spokenLanguage);
}

/** After what was typed already. */
function insert({ conversationId }: Place, text: string): void {
  const typed = draftOf(conversationId);
  const between = typed === '' || /\s$/.test(typed) ? '' : ' ';
  setDraft(conversationId, typed + between + text);
}

/** Whoever went to another conversation meanwhile finds the text waiting when they come back. */
async function sendFrom({ conversationId }: Place): Promise<void> {
  if (useChat.getState().conversationId === conversationId) await submitComposer();
}
