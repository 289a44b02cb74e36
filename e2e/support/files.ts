import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { bomb } from '../../electron/app/testing/pictures';
import { encodeWav } from '../../electron/contract/wav';

export interface TestFile {
  readonly name: string;
  readonly type?: string;
  readonly bytes: Uint8Array;
}

/** A picture of a colour. */
export async function picture(name: string, color: string, width = 320, height = 200): Promise<TestFile> {
  const bytes = await sharp({ create: { width, height, channels: 3, background: color } })
    .png()
    .toBuffer();
  return { name, type: 'image/png', bytes };
}

/** A PNG that claims 30,000 by 30,000 pixels. */
export function hugePicture(): TestFile {
  return { name: 'huge.png', type: 'image/png', bytes: bomb(30_000) };
}

/** Two seconds of silence. */
export function silence(): TestFile {
  const bytes = encodeWav(new Float32Array(32_000));
  return { name: 'silence.wav', type: 'audio/wav', bytes };
}

/** A real DataTransfer in the page, holding these files. */
function transfer(page: Page, files: readonly TestFile[]) {
  const plain = files.map(({ name, type = '', bytes }) => ({
    name,
    type,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  return page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
    }
    return data;
  }, plain);
}

/** Over the window, as from a file manager, and not let go. */
export async function hover(page: Page, files: readonly TestFile[]): Promise<() => Promise<void>> {
  const dataTransfer = await transfer(page, files);
  for (const type of ['dragenter', 'dragover']) await page.dispatchEvent('main', type, { dataTransfer });
  return () => page.dispatchEvent('main', 'drop', { dataTransfer });
}

export async function drop(page: Page, ...files: readonly TestFile[]): Promise<void> {
  const release = await hover(page, files);
  await release();
}

export async function paste(page: Page, ...files: readonly TestFile[]): Promise<void> {
  const data = await transfer(page, files);
  await data.evaluate((clipboardData) => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
}

/** A second of video, which the page records of a canvas that changes its colour; or for as long as the sound, where one is given. */
export async function recordVideo(page: Page, wav?: Uint8Array): Promise<Buffer> {
  const sound = wav && Buffer.from(wav).toString('base64');
  const base64 = await page.evaluate(async (spoken) => {
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 180;
    const context = canvas.getContext('2d');
    const stream = canvas.captureStream(25);
    let steps = 30;
    let speak = () => {};
    if (spoken !== undefined) {
      const audio = new AudioContext();
      const bytes = Uint8Array.from(atob(spoken), (character) => character.charCodeAt(0));
      const source = new AudioBufferSourceNode(audio, { buffer: await audio.decodeAudioData(bytes.buffer) });
      const out = audio.createMediaStreamDestination();
      source.connect(out);
      for (const track of out.stream.getTracks()) stream.addTrack(track);
      await audio.resume();
      steps = Math.ceil((source.buffer?.duration ?? 0) * 25) + 5;
      speak = () => source.start();
    }
    const codecs = spoken === undefined ? 'vp8' : 'vp8,opus';
    const recorder = new MediaRecorder(stream, { mimeType: `video/webm;codecs=${codecs}` });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => {
      recorder.onstop = resolve;
    });
    recorder.start();
    speak();
    for (let step = 0; step < steps; step++) {
      if (context) {
        context.fillStyle = `hsl(${step * 12} 70% 50%)`;
        context.fillRect(0, 0, 320, 180);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    recorder.stop();
    await stopped;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }, sound);
  return Buffer.from(base64, 'base64');
}

export async function dropVideo(page: Page, name: string): Promise<void> {
  await drop(page, { name, type: 'video/webm', bytes: await recordVideo(page) });
}
