import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { InferenceSession } from 'onnxruntime-node';
import { ModelError } from './errors';
import type { Journal } from './journal';
import { readManifest } from './verify';
import type { WeightsPlan } from './weights';

/**
 * Reads the file that was written and compares every range with what its task made: a disk or a machine that loses bytes is met here,
 * not in the middle of an answer.
 *
 * @returns sha256 of the whole file, hex.
 * @throws ModelError naming the tensor that is damaged.
 */
export async function verifyWeights(
  plan: WeightsPlan,
  journal: Journal,
  onProgress: (fraction: number) => void,
): Promise<string> {
  const ranges = plan.tasks
    .flatMap(({ name, ranges }, task) =>
      ranges.map((range, i) => ({ ...range, name, sum: journal.checksums(task)[i] })),
    )
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => a.offset - b.offset);
  const hash = createHash('sha256');
  const file = await open(journal.weights, 'r');
  try {
    const chunk = Buffer.allocUnsafe(4 << 20);
    let at = 0;
    const read = async (end: number, checked: boolean): Promise<number> => {
      let sum = 0;
      while (at < end) {
        const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, end - at), at);
        if (bytesRead === 0)
          throw new ModelError(`${journal.weights} ends at byte ${at} instead of ${plan.bytes}.`, {
            kind: 'written-differs',
          });
        const part = chunk.subarray(0, bytesRead);
        hash.update(part);
        if (checked) sum = crc32(part, sum);
        at += bytesRead;
      }
      return sum;
    };
    for (const { offset, bytes, name, sum } of ranges) {
      await read(offset, false);
      if ((await read(offset + bytes, true)) !== sum) {
        throw new ModelError(
          `What was written of ${name} is not what is on the disk. Check the disk, then convert again.`,
          { kind: 'written-differs' },
        );
      }
      onProgress(at / plan.bytes);
    }
    await read(plan.bytes, false);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

/**
 * Opens the package's CPU graphs over its weights, which are mapped and not read: ONNX Runtime checks names, types, shapes and that
 * every weight lies within the file.
 *
 * @throws ModelError with ONNX Runtime's reason.
 */
export async function loadPackage(folder: string): Promise<void> {
  const { graphs } = readManifest(folder);
  for (const file of Object.values(graphs.cpu?.files ?? {})) {
    try {
      const session = await InferenceSession.create(path.join(folder, file), {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'disabled',
        logSeverityLevel: 3,
        // Repacking would copy every matrix into memory.
        extra: { session: { disable_prepacking: '1' } },
      });
      await session.release();
    } catch (error) {
      throw new ModelError(`${file} cannot be loaded: ${(error as Error).message}`, {
        kind: 'converted-unloadable',
        file,
      });
    }
  }
}
