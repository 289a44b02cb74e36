import i18next from 'i18next';
import type { Attachment } from '../../../electron/contract/conversations';

/** What a recording made here is called, so that files of sound can be told from it. */
export const recordingName = (): string => `${i18next.t('voice.recording')}.wav`;

/** In every language that the app speaks: a conversation keeps what it was called when it was recorded. */
const RECORDED: ReadonlySet<string> = new Set(['Recording.wav', '正在录音.wav']);

/** The name of a file that was added; null for what was recorded here, which has none of its own. */
export function clipName({ name }: Pick<Attachment, 'name'>): string | null {
  return RECORDED.has(name) ? null : name;
}
