import type { MediaFacts } from './media-facts';

/** A file that leads the reader in circles is given up. */
const PATIENCE_MS = 20_000;

/** Null where the file is neither sound nor video. */
export function readMediaFacts(file: File): Promise<MediaFacts | null> {
  const worker = new Worker(new URL('./media-info-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<MediaFacts | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE_MS);
    worker.onmessage = ({ data }: MessageEvent<MediaFacts | null>) => {
      clearTimeout(timer);
      resolve(data);
    };
    worker.onerror = () => {
      clearTimeout(timer);
      resolve(null);
    };
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}
