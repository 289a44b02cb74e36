import type { MediaInfoResult } from 'mediainfo.js';

/** What a sound or video file is, as far as it says so itself. */
export interface MediaFacts {
  readonly container: string;
  readonly bytes: number;
  readonly durationMs: number | null;
  readonly video: { readonly codec: string; readonly width: number; readonly height: number } | null;
  readonly audio: { readonly codec: string } | null;
}

/** Null where it is neither. */
export function toMediaFacts(result: MediaInfoResult, bytes: number): MediaFacts | null {
  const tracks = result.media?.track ?? [];
  let container = '';
  let durationMs: number | null = null;
  let video: MediaFacts['video'] = null;
  let audio: MediaFacts['audio'] = null;
  for (const track of tracks) {
    switch (track['@type']) {
      case 'General':
        container = track.Format ?? '';
        durationMs = toMilliseconds(track.Duration);
        break;
      case 'Video':
        video ??= { codec: track.Format ?? '', width: track.Width ?? 0, height: track.Height ?? 0 };
        durationMs ??= toMilliseconds(track.Duration);
        break;
      case 'Audio':
        audio ??= { codec: track.Format ?? '' };
        durationMs ??= toMilliseconds(track.Duration);
        break;
    }
  }
  return video || audio ? { container, bytes, durationMs, video, audio } : null;
}

function toMilliseconds(seconds: number | undefined): number | null {
  return seconds === undefined || !Number.isFinite(seconds) ? null : Math.round(seconds * 1000);
}

/** "0:07", "2:31", "1:02:09". */
export function formatClock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** To the tenth: "0:07.4". */
export function formatMoment(milliseconds: number): string {
  return `${formatClock(milliseconds)}.${Math.floor((milliseconds % 1000) / 100)}`;
}
