import type { SpokenSegment } from '../contract/speech';

/** SubRip. */
export function toSrt(segments: readonly SpokenSegment[]): string {
  return segments
    .map(({ start, end, text }, i) => `${i + 1}\n${time(start, ',')} --> ${time(end, ',')}\n${text}\n\n`)
    .join('');
}

/** WebVTT (w3.org/TR/webvtt1): text must hold neither `-->` nor the beginnings of tags. */
export function toVtt(segments: readonly SpokenSegment[]): string {
  const cues = segments.map(({ start, end, text }) => {
    const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return `${time(start, '.')} --> ${time(end, '.')}\n${safe}\n\n`;
  });
  return `WEBVTT\n\n${cues.join('')}`;
}

/** hours:minutes:seconds with milliseconds. */
function time(seconds: number, point: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const pad = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0');
  return `${pad(ms / 3_600_000)}:${pad((ms / 60_000) % 60)}:${pad((ms / 1000) % 60)}${point}${pad(ms % 1000, 3)}`;
}
