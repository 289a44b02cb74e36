import mediaInfoFactory from 'mediainfo.js';
import wasm from 'mediainfo.js/MediaInfoModule.wasm?url';
import { type MediaFacts, toMediaFacts } from './media-facts';

/**
 * Reads what a media file is, by pieces, so that two gigabytes take no more memory than two kilobytes. In a worker for its policy
 * (electron/host/page-policy.ts, which knows this file by its name) and because a long index takes a second to read.
 */
addEventListener('message', ({ data: file }: MessageEvent<File>) => {
  void read(file).then((facts) => postMessage(facts));
});

async function read(file: File): Promise<MediaFacts | null> {
  try {
    const info = await mediaInfoFactory({
      format: 'object',
      locateFile: () => new URL(wasm, location.href).href,
    });
    const result = await info.analyzeData(file.size, async (size, offset) => {
      const piece = await file.slice(offset, offset + size).arrayBuffer();
      return new Uint8Array(piece);
    });
    info.close();
    return toMediaFacts(result, file.size);
  } catch (error) {
    console.warn('mediainfo.js could not read the file:', error);
    return null;
  }
}
