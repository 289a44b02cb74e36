import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { CHROMIUM_FLAGS, systemChromium } from '../../build/scripts/chromium.mjs';
import { encodeWav } from '../../electron/contract/wav';
import { joined, quiet, voice } from '../../electron/engine/speech/testing/voice';

export { joined, quiet, voice };

interface FakeMicrophone {
  /** Plays once; by default over and over. */
  readonly once?: boolean;
  /** The person says no; by default they are not even asked. */
  readonly denied?: boolean;
}

/** A Chromium whose microphone plays this sound, from its beginning each time it is opened. */
export async function browserHearing(
  sound: Float32Array,
  { once = false, denied = false }: FakeMicrophone = {},
): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'autoglm-microphone-'));
  const file = join(folder, 'said.wav');
  writeFileSync(file, encodeWav(sound));
  const browser = await chromium.launch({
    executablePath: systemChromium() ?? undefined,
    args: [
      ...CHROMIUM_FLAGS,
      '--use-fake-device-for-media-stream',
      ...(denied ? [] : ['--use-fake-ui-for-media-stream']),
      `--use-file-for-fake-audio-capture=${file}${once ? '%noloop' : ''}`,
    ],
  });
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** A clip of the evaluation's: 8 bits a sample, mono, 16 kHz. */
export function clipOfSets(file: string): Float32Array {
  const bytes = readFileSync(file);
  return Float32Array.from(bytes.subarray(bytes.indexOf('data') + 8), (byte) => (byte - 128) / 128);
}

/** Before the page is loaded: what the page opens of the microphone can be unplugged, and what it reads aloud is noted. */
export async function prepare(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    const { mediaDevices } = navigator;
    if (mediaDevices) {
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await getUserMedia(constraints);
        tracks.push(...stream.getTracks());
        return stream;
      };
    }
    const said: string[] = [];
    let ends: (() => void)[] = [];
    // A headless Chromium has no voices.
    const voices = [
      { voiceURI: 'Ann', name: 'Ann', lang: 'en-US', default: true, localService: true },
      { voiceURI: 'Mei', name: 'Mei', lang: 'zh-CN', default: false, localService: true },
    ];
    const synthesis = Object.assign(new EventTarget(), {
      getVoices: () => voices,
      speak: (utterance: SpeechSynthesisUtterance) => {
        said.push(`${utterance.lang}: ${utterance.text}`);
        ends.push(() => utterance.onend?.(new Event('end') as SpeechSynthesisEvent));
      },
      cancel: () => {
        said.push('(silence)');
        const cancelled = ends;
        ends = [];
        for (const end of cancelled) end();
      },
    });
    Object.defineProperty(window, 'speechSynthesis', { value: synthesis });
    class Utterance {
      lang = '';
      rate = 1;
      voice: unknown = null;
      onend: (() => void) | null = null;
      onerror: (() => void) | null = null;
      readonly text: string;
      constructor(text: string) {
        this.text = text;
      }
    }
    Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: Utterance });
    Object.assign(window, {
      unplug: () => {
        for (const track of tracks) {
          if (track.readyState === 'ended') continue;
          track.stop();
          // As the browser does when the device goes; `stop` alone is the page's own wish.
          track.dispatchEvent(new Event('ended'));
        }
      },
      openTracks: () => tracks.filter(({ readyState }) => readyState === 'live').length,
      said: () => said,
      saidToEnd: () => ends.shift()?.(),
    });
  });
}

declare global {
  interface Window {
    unplug(): void;
    openTracks(): number;
    said(): string[];
    /** The sentence being read is over. */
    saidToEnd(): void;
  }
}

export const unplug = (page: Page) => page.evaluate(() => window.unplug());
export const openTracks = (page: Page) => page.evaluate(() => window.openTracks());
export const said = (page: Page) => page.evaluate(() => window.said());
export const saidToEnd = (page: Page) => page.evaluate(() => window.saidToEnd());
