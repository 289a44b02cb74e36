import { LoaderCircle, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/icon-button';
import { formatClock } from '../attachments/media-facts';
import { useRecognizer } from './recognizer';
import { cancelTalk, useVoice } from './voice';
import { Waveform } from './waveform';

/** The voice across the whole message field, while nothing is written in it. It fades when the microphone is closed. */
export function RecordingWave() {
  const recording = useVoice(({ phase }) => phase === 'recording');
  return (
    <Waveform
      className={`pointer-events-none absolute inset-x-1.5 top-0 h-9 w-[calc(100%-0.75rem)] text-accent transition-opacity duration-150 ${recording ? '' : 'opacity-40'}`}
    />
  );
}

interface RecordingBarProps {
  /** The message field holds text, so the voice is drawn here. */
  readonly besideText: boolean;
}

/** What the microphone does, in place of the composer's other buttons. */
export function RecordingBar({ besideText }: RecordingBarProps) {
  const { t } = useTranslation();
  const { phase, held, startedAt } = useVoice();
  const recognizer = useRecognizer();
  const busy = phase !== 'recording';
  const text =
    phase === 'opening'
      ? t('voice.opening')
      : recognizer
        ? t('voice.writingWith', { name: recognizer.name })
        : t('voice.writing');
  return (
    <div className="animate-appear flex h-8 min-w-0 flex-1 items-center gap-2 pe-2">
      <IconButton label={t('voice.cancel')} keys="escape" side="top" onClick={() => cancelTalk()}>
        <X size={18} aria-hidden />
      </IconButton>
      {busy ? (
        <>
          <LoaderCircle size={16} className="animate-spin-slow flex-none text-accent" aria-hidden />
          <span role="status" className="truncate text-sm text-mute">
            {text}
          </span>
        </>
      ) : (
        <>
          <span className="size-2 flex-none animate-pulse rounded-full bg-danger" aria-hidden />
          <Clock startedAt={startedAt} />
          {besideText ? <Waveform className="h-6 min-w-0 flex-1 text-accent" /> : <span className="flex-1" />}
          <span role="status" className="hidden flex-none text-xs text-faint sm:block">
            <span className="sr-only">{t('voice.recording')}. </span>
            {t(held ? 'voice.release' : 'voice.press')}
          </span>
        </>
      )}
    </div>
  );
}

function Clock({ startedAt }: { readonly startedAt: number }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const time = formatClock(Math.max(0, now - startedAt));
  return (
    <span role="timer" aria-label={t('voice.elapsed', { time })} className="tabular flex-none text-sm">
      {time}
    </span>
  );
}
