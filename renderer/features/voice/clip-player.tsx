import { Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attachment } from '../../../electron/contract/conversations';
import { fileUrl } from '../../bridge/files';
import { IconButton } from '../../ui/icon-button';
import { Slider } from '../../ui/slider';
import { formatClock } from '../attachments/media-facts';
import { stopReading } from './read-aloud';

/** One at a time: the one before falls silent. */
let playing: HTMLAudioElement | null = null;

/** A recording, to be played. Its file is fetched when it is first wanted. */
export function ClipPlayer({ clip }: { readonly clip: Attachment }) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const [source, setSource] = useState<string | null>(null);
  const [on, setOn] = useState(false);
  const [lost, setLost] = useState(false);
  const [at, setAt] = useState(0);
  const length = (clip.durationMs ?? 0) / 1000;

  useEffect(() => () => void (source && URL.revokeObjectURL(source)), [source]);
  useEffect(() => {
    if (source) void audio.current?.play().catch(() => setLost(true));
  }, [source]);

  const toggle = () => {
    const element = audio.current;
    if (!element) return;
    if (on) element.pause();
    else if (source) void element.play().catch(() => setLost(true));
    else void load();
  };
  // The whole file: parts of it, which seeking asks for, are not served.
  const load = async () => {
    try {
      const answer = await fetch(fileUrl(clip.sha256));
      if (!answer.ok) throw new Error(answer.statusText);
      setSource(URL.createObjectURL(await answer.blob()));
    } catch {
      setLost(true);
    }
  };
  const seek = (seconds: number) => {
    setAt(seconds);
    if (audio.current && source) audio.current.currentTime = seconds;
  };
  const onPlay = () => {
    const element = audio.current;
    if (playing !== element) playing?.pause();
    playing = element;
    stopReading();
    setOn(true);
  };
  if (lost) return <span className="text-sm text-mute">{t('voice.unplayable')}</span>;
  return (
    <span className="flex items-center gap-2">
      {/* biome-ignore lint/a11y/useMediaCaption: what was said is the message's text. */}
      <audio
        ref={audio}
        src={source ?? undefined}
        onPlay={onPlay}
        onPause={() => setOn(false)}
        onEnded={() => setAt(0)}
        onError={() => source && setLost(true)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
      />
      <IconButton size="sm" label={on ? t('voice.pause') : t('voice.play')} side="top" onClick={toggle}>
        {on ? (
          <Pause size={15} fill="currentColor" aria-hidden />
        ) : (
          <Play size={15} fill="currentColor" aria-hidden />
        )}
      </IconButton>
      <Slider
        max={length}
        step={0.1}
        value={Math.min(at, length)}
        label={t('voice.position')}
        text={formatClock(at * 1000)}
        onChange={seek}
        className="w-28"
      />
      <span className="tabular text-xs text-faint">
        {formatClock(on || at > 0 ? at * 1000 : length * 1000)}
      </span>
    </span>
  );
}
