import { Camera, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MAX_IMAGES } from '../../../electron/contract/media';
import { type DraftMedia, draftFiles } from '../../stores/draft-files';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Slider } from '../../ui/slider';
import { frameOf } from './capture';
import { addFiles } from './intake';
import { formatMoment } from './media-facts';

interface Frame {
  readonly file: File;
  readonly url: string;
  readonly at: number;
}

/** A frame's length where the video does not say: 25 a second. */
const STEP_S = 0.04;
/** Past the end of any video: eleven days. */
const FAR_S = 1e6;

interface Props {
  readonly media: DraftMedia;
  readonly conversationId: string | null;
  readonly onClose: () => void;
}

/** Pictures out of a video, at moments the user stops at. */
export default function VideoFrames({ media, conversationId, onClose }: Props) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const [source, setSource] = useState<string>();
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  const [unplayable, setUnplayable] = useState(false);
  const [frames, setFrames] = useState<readonly Frame[]>([]);
  const urls = useRef<string[]>([]);
  const searching = useRef(false);
  const room = MAX_IMAGES - draftFiles(conversationId).length;

  useEffect(() => {
    const url = URL.createObjectURL(media.file);
    setSource(url);
    return () => {
      for (const made of [url, ...urls.current]) URL.revokeObjectURL(made);
    };
  }, [media.file]);

  const seek = (seconds: number) => {
    const to = Math.min(Math.max(0, seconds), length);
    setAt(to);
    if (video.current) video.current.currentTime = to;
  };
  const take = async () => {
    const element = video.current;
    if (!element || element.videoWidth === 0 || frames.length >= room) return;
    if (element.seeking)
      await new Promise((resolve) => element.addEventListener('seeked', resolve, { once: true }));
    const moment = element.currentTime;
    if (frames.some((frame) => frame.at === moment)) return;
    const stem = media.name.replace(/\.[^.]*$/, '');
    const file = await frameOf(
      element,
      `${stem} ${formatMoment(moment * 1000).replaceAll(':', '.')}.jpg`,
      'image/jpeg',
    );
    const url = URL.createObjectURL(file);
    urls.current.push(url);
    setFrames((all) => [...all, { file, url, at: moment }].sort((a, b) => a.at - b.at));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 1 : STEP_S;
    if (event.key === 'ArrowRight') seek(at + step);
    else if (event.key === 'ArrowLeft') seek(at - step);
    else if (event.key === 'Enter') void take();
    else return;
    event.preventDefault();
  };
  const done = () => {
    onClose();
    void addFiles(
      frames.map(({ file }) => file),
      conversationId,
    );
  };
  const time = `${formatMoment(at * 1000)} / ${formatMoment(length * 1000)}`;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('attachments.framesTitle')}
      className="inset-y-6 my-auto h-fit max-w-2xl"
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-6 pb-5">
        {unplayable ? (
          <p role="alert" className="rounded-xl bg-warn-tint px-4 py-3 text-sm text-warn">
            {t('attachments.unplayable')}
          </p>
        ) : (
          <video
            ref={video}
            src={source}
            muted
            playsInline
            preload="auto"
            aria-label={media.name}
            onLoadedMetadata={({ currentTarget }) => {
              if (currentTarget.videoWidth === 0) setUnplayable(true);
            }}
            onDurationChange={({ currentTarget }) => {
              // A recording does not say how long it is until its end has been looked for.
              if (currentTarget.duration === Number.POSITIVE_INFINITY) {
                searching.current = true;
                currentTarget.currentTime = FAR_S;
              } else setLength(currentTarget.duration);
            }}
            onSeeked={({ currentTarget }) => {
              if (searching.current && currentTarget.duration < FAR_S) currentTarget.currentTime = 0;
              searching.current = false;
            }}
            onError={() => setUnplayable(true)}
            className="mx-auto block max-h-[min(24rem,45vh)] max-w-full rounded-xl bg-black"
          />
        )}
        {!unplayable && (
          <div className="flex items-center gap-3">
            <Slider
              max={length}
              step={STEP_S}
              value={at}
              label={t('attachments.moment')}
              text={time}
              onChange={seek}
              onKeyDown={onKeyDown}
              className="min-w-0 flex-1"
            />
            <span className="tabular flex-none text-xs text-mute">{time}</span>
            <Button disabled={frames.length >= room} onClick={() => void take()}>
              <Camera size={15} aria-hidden />
              {t('attachments.takeFrame')}
            </Button>
          </div>
        )}
        <ul aria-label={t('attachments.frames')} className="flex min-h-18 flex-wrap gap-2">
          {frames.length === 0 && !unplayable && (
            <li className="self-center text-sm text-mute">{t('attachments.noFrames')}</li>
          )}
          {frames.map((frame) => (
            <li key={frame.url} className="relative">
              <img
                src={frame.url}
                alt={formatMoment(frame.at * 1000)}
                className="h-18 rounded-lg border border-line object-cover"
              />
              <button
                type="button"
                aria-label={t('attachments.remove', { name: formatMoment(frame.at * 1000) })}
                onClick={() => setFrames((all) => all.filter((other) => other !== frame))}
                className="absolute -end-1.5 -top-1.5 grid size-6 place-items-center rounded-full border border-line bg-raise text-mute shadow-card hover:text-text"
              >
                <X size={13} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button look="primary" disabled={frames.length === 0} onClick={done}>
            {t('attachments.addFrames', { count: frames.length })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
