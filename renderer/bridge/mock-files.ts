import type { Attachment } from '../../electron/contract/conversations';
import { documentTypeOf } from '../../electron/contract/documents';
import { HEAD_BYTES, imageTypeOf } from '../../electron/contract/media';
import type { FileStore } from './files';
import { sampleDocument } from './mock-documents';

/** The picture of the sample conversation about one. */
export const samplePicture: Attachment = {
  sha256: 'f1'.repeat(32),
  kind: 'image',
  mediaType: 'image/svg+xml',
  name: 'fruit.svg',
  bytes: 1_900,
  width: 960,
  height: 640,
};

const apple = (x: number, y: number, fill: string, shade: string) =>
  `<g transform="translate(${x} ${y})"><ellipse cy="98" rx="84" ry="12" fill="#000" opacity=".08"/>
  <path d="M0-62c-26-22-92-18-98 44C-104 42-58 96-26 96c12 0 16-6 26-6s14 6 26 6c32 0 78-54 72-114C92-80 26-84 0-62z" fill="${fill}"/>
  <path d="M-70-22c4-22 18-34 34-36-14 10-22 22-24 44-2 12-12 6-10-8z" fill="#fff" opacity=".35"/>
  <path d="M0-58c-2-24 4-40 16-54l10 6C16-94 12-80 12-58z" fill="#6b4a2b"/>
  <path d="M16-86c10-26 40-34 64-28-8 24-36 38-64 28z" fill="${shade}"/></g>`;
const pear = (x: number, y: number) =>
  `<g transform="translate(${x} ${y})"><ellipse cy="98" rx="72" ry="12" fill="#000" opacity=".08"/>
  <path d="M0-104c-36 0-38 40-46 70-8 28-38 42-38 78C-84 78-46 96 0 96s84-18 84-52c0-36-30-50-38-78-8-30-10-70-46-70z" fill="#c9cf4a"/>
  <path d="M-56 22c6-22 18-26 24-46 4-14 6-26 12-34-2 22-2 40-12 58-8 14-16 20-18 34-2 10-10 0-6-12z" fill="#fff" opacity=".35"/>
  <path d="M-4-100c0-16 4-28 14-38l8 6c-8 8-11 18-10 32z" fill="#6b4a2b"/></g>`;
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="640" viewBox="0 0 960 640"><rect width="960" height="640" fill="#f3e6d3"/>
  ${apple(230, 180, '#d0413a', '#4f9a4b')}${apple(720, 190, '#d0413a', '#4f9a4b')}${apple(250, 470, '#7fb24a', '#3f7f3d')}${pear(710, 470)}</svg>`;

/** The files of the scripted app, in the page's own memory. */
export function mockFiles(): FileStore {
  const kept = new Map<string, Blob>([
    [samplePicture.sha256, new Blob([PICTURE], { type: samplePicture.mediaType })],
    ...[true, false].map((zh): [string, Blob] => {
      const { attachment, text } = sampleDocument(zh);
      return [attachment.sha256, new Blob([text], { type: 'text/plain' })];
    }),
  ]);
  const urls = new Map<string, string>();
  return {
    async upload(file, name) {
      const sha256 = [...crypto.getRandomValues(new Uint8Array(32))]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
      kept.set(sha256, file);
      const common = { sha256, name, bytes: file.size };
      const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
      const documentType = imageTypeOf(head) ? null : documentTypeOf(head, name);
      if (documentType && !/\.wav$/.test(name)) {
        const text = await file.text();
        const lines = text.split('\n').length;
        return { ...common, kind: 'document', mediaType: documentType, characters: text.length, lines };
      }
      if (!/\.wav$/.test(name)) {
        const { width, height } = await createImageBitmap(file).catch(() => ({ width: 960, height: 640 }));
        return { ...common, kind: 'image', mediaType: file.type, width, height };
      }
      // 16 kHz, 16 bits, one channel (contract/wav.ts).
      return { ...common, kind: 'audio', mediaType: 'audio/wav', durationMs: (file.size - 44) / 32 };
    },
    url(sha256) {
      const blob = kept.get(sha256);
      const url = urls.get(sha256) ?? (blob ? URL.createObjectURL(blob) : '');
      urls.set(sha256, url);
      return url;
    },
  };
}
