import { createReadStream, statSync } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import type { AttachmentStore } from '../app/attachments/attachments';
import type { OpenedImages } from '../contract/api';
import { toErrorInfo } from '../contract/errors';

/** What the packages register (build/electron-builder.mjs). The content decides in the end; this tells files from switches. */
const EXTENSIONS = new Set('.png .jpg .jpeg .webp .gif .bmp .tif .tiff .avif .heic'.split(' '));
/** As many as a message takes would be a folder opened by mistake. */
const MAX_IMAGES = 20;

/** The images among what the system hands over; a relative path is one of a terminal's, in the folder it was in. */
export function imagesIn(argv: readonly string[], folder: string): readonly string[] {
  return argv
    .filter((argument) => !argument.startsWith('-') && EXTENSIONS.has(extname(argument).toLowerCase()))
    .map((path) => (isAbsolute(path) ? path : resolve(folder, path)))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .slice(0, MAX_IMAGES);
}

/** Copies them to the app's own files; the page gets what it would get from a file dropped on it, never a path. */
export async function takeImages(
  attachments: Pick<AttachmentStore, 'add'>,
  paths: readonly string[],
): Promise<OpenedImages> {
  const images: OpenedImages['images'][number][] = [];
  const problems: OpenedImages['problems'][number][] = [];
  for (const path of paths) {
    const file = createReadStream(path);
    // Whoever reads it hears of an error too; one that nobody reads any more must not end the program.
    file.on('error', () => {});
    try {
      images.push(await attachments.add(file, basename(path)));
    } catch (error) {
      problems.push(toErrorInfo(error));
    } finally {
      file.destroy();
    }
  }
  return { images, problems };
}
