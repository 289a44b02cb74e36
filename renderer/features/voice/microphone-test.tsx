import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { encodeWav } from '../../../electron/contract/wav';
import { bridge } from '../../bridge/bridge';
import { uploadFile } from '../../bridge/files';
import { errorInfo } from '../../lib/errors';
import { useSettings } from '../../stores/settings';
import { showError } from '../../stores/toasts';
import { Button } from '../../ui/button';
import { stopHandsFree } from './hands-free';
import { loudness } from './levels';
import { type Microphone, MicrophoneError, openMicrophone } from './microphone';
import { stopReading } from './read-aloud';
import { findRecognizer } from './recognizer';
import { cancelTalk, joinPieces, reportVoiceProblem } from './voice';
import { VoiceNotice } from './voice-notice';

const LONGEST_MS = 15_000;

interface Heard {
  readonly url: string;
  /** Undefined while it is written down, null where nothing could. */
  readonly text: string | null | undefined;
}

/** Records a moment, plays it back and says what was understood. */
export function MicrophoneTest({ labelledBy }: { readonly labelledBy: string }) {
  const { t } = useTranslation();
  const [level, setLevel] = useState<number | null>(null);
  const [heard, setHeard] = useState<Heard | null>(null);
  const microphone = useRef<Microphone | null>(null);
  const pieces = useRef<Float32Array[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const close = () => {
    clearTimeout(timer.current);
    microphone.current?.close();
    microphone.current = null;
    setLevel(null);
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      microphone.current?.close();
    },
    [],
  );
  useEffect(() => () => void (heard && URL.revokeObjectURL(heard.url)), [heard]);

  const finish = async () => {
    const sound = joinPieces(pieces.current);
    close();
    if (sound.length === 0) return;
    const file = new Blob([encodeWav(sound)], { type: 'audio/wav' });
    setHeard({ url: URL.createObjectURL(file), text: undefined });
    const text = await understood(file, t('voice.settings.testNoVoice'), t('voice.settings.testNoWords'));
    setHeard({ url: URL.createObjectURL(file), text });
  };
  const start = async () => {
    cancelTalk();
    stopReading();
    stopHandsFree();
    setHeard(null);
    pieces.current = [];
    try {
      microphone.current = await openMicrophone(useSettings.getState().microphoneId, {
        piece: (samples) => {
          pieces.current.push(samples);
          setLevel(loudness(samples));
        },
        lost: () => void finish(),
      });
      setLevel(0);
      timer.current = setTimeout(() => void finish(), LONGEST_MS);
    } catch (error) {
      if (error instanceof MicrophoneError) reportVoiceProblem(error);
      else showError(errorInfo(error));
    }
  };
  const on = level !== null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own.
    <div role="group" aria-labelledby={labelledBy} className="contents">
      <div className="flex items-center gap-3">
        {on && (
          // biome-ignore lint/a11y/useSemanticElements: what browsers draw for <meter> cannot be styled alike.
          <span
            role="meter"
            aria-label={t('voice.settings.testLevel')}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round((level ?? 0) * 100)}
            className="h-1.5 w-32 overflow-hidden rounded-full bg-soft"
          >
            <span
              className="block h-full rounded-full bg-accent transition-[width] duration-75"
              style={{ width: `${(level ?? 0) * 100}%` }}
            />
          </span>
        )}
        <Button className="min-w-20" onClick={() => void (on ? finish() : start())}>
          {t(on ? 'voice.settings.testStop' : 'voice.settings.testStart')}
        </Button>
      </div>
      <div className="basis-full empty:hidden *:mb-0">
        <VoiceNotice />
      </div>
      {heard && (
        <div className="flex basis-full flex-col gap-2">
          {/* biome-ignore lint/a11y/useMediaCaption: it is what was just said, written below. */}
          <audio controls autoPlay src={heard.url} className="h-9 w-full" />
          <p role="status" className="text-sm text-mute">
            {heard.text === undefined ? t('voice.writing') : heard.text}
          </p>
        </div>
      )}
    </div>
  );

  /** A sentence; null where nothing installed understands speech. */
  async function understood(file: Blob, noVoice: string, noWords: string): Promise<string | null> {
    if (!(await findRecognizer())) return null;
    try {
      const { sha256 } = await uploadFile(file, 'test.wav');
      const { spokenLanguage } = useSettings.getState();
      const { spoken, text } = await bridge().request('speech.transcribe', sha256, spokenLanguage);
      if (!spoken) return noVoice;
      return text === '' ? noWords : t('voice.settings.testHeard', { text });
    } catch (error) {
      showError(errorInfo(error));
      return null;
    }
  }
}
