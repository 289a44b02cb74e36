import { decodeImage, type ImageSize, imageSize } from '../../media/image-file';
import { type Pixels, resizeBicubicFloat } from '../../media/resample';

/** What `config.json` says of the pictures that ViT-Lite takes. */
export interface PictureSettings {
  /** Side of a cell in pixels: one row of the encoder's sequence. */
  readonly cell: number;
  /** Of rows times columns. */
  readonly maxCells: number;
}

/** Cells down and across. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** Cells for a picture; its sides' ratio is kept as well as whole cells can (`VisionConfig.size` in models/train/senses.py). */
export function gridOf({ width, height }: ImageSize, { maxCells }: PictureSettings): Grid {
  const scale = Math.sqrt(maxCells / (width * height));
  let rows = Math.max(1, Math.round(height * scale));
  let columns = Math.max(1, Math.round(width * scale));
  while (rows * columns > maxCells) {
    if (rows >= columns) rows--;
    else columns--;
  }
  return { rows, columns };
}

/** Of a large photograph so many pixels for each of the canvas's are decoded: the filter sees no more. */
const OVERSAMPLING = 4;

/**
 * An image file as ViT-Lite takes it: RGB in [-1, 1], [3, cell * rows, cell * columns].
 *
 * @throws AppError `invalid-request` when the file is no image that can be read, or has more than 100 megapixels.
 */
export async function readPicture(
  path: string,
  { rows, columns }: Grid,
  { cell }: PictureSettings,
): Promise<Float32Array<ArrayBuffer>> {
  const [width, height] = [columns * cell, rows * cell];
  const image = await decodeImage(path, { width: OVERSAMPLING * width, height: OVERSAMPLING * height });
  const values = resizeBicubicFloat(image, width, height);
  for (let i = 0; i < values.length; i++) {
    const level = values[i]!;
    values[i] = (level < 0 ? 0 : level > 255 ? 255 : level) / 127.5 - 1;
  }
  return values;
}

/**
 * An image file for a graph that resizes by itself. A large photograph is halved while it is decoded, as often as it stays larger than the
 * canvas, so that one of any size is at most twice the canvas along its nearer side.
 *
 * @throws AppError `invalid-request` as `readPicture` does.
 */
export async function readPixels(
  path: string,
  { rows, columns }: Grid,
  { cell }: PictureSettings,
): Promise<Pixels> {
  const { width, height } = await imageSize(path);
  const times = Math.floor(Math.log2(Math.min(width / (columns * cell), height / (rows * cell))));
  if (times < 1) return decodeImage(path);
  const halved = (side: number) => Math.ceil(side / 2 ** times);
  return decodeImage(path, { width: halved(width), height: halved(height) });
}
