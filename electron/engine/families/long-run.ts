import { AppError } from '../../contract/errors';
import type { Backend, Binding } from '../ort/backend';

/**
 * Runs what takes longer than a frame. On CUDA on this thread, which waits: ONNX Runtime has a stream, with handles and with memory of the
 * session's arena, for every thread that a session has run on, so a pool of four would take as much as four sessions
 * (microsoft/onnxruntime issue 29351). Elsewhere on another thread.
 *
 * @throws AppError `aborted`; on CUDA only where `signal` already is.
 */
export async function longRun(
  backend: Pick<Backend, 'provider'>,
  binding: Binding,
  signal?: AbortSignal,
): Promise<void> {
  if (backend.provider !== 'cuda') return binding.runAsync(signal);
  if (signal?.aborted) throw new AppError('aborted', 'The answer was stopped.');
  await binding.run();
}
