import type { OrtApi, Pointer } from './api';

/** Session configuration entry: allocators of the environment take the place of the session's own for the same device. */
const USE_ENVIRONMENT = 'session.use_env_allocators';

/** Session configuration entry: weights that a session has for itself lie beside its arena. */
const WEIGHTS_APART = 'session.use_device_allocator_for_initializers';

/** `arena_extend_strategy`: kSameAsRequested. The default doubles the arena at each growth. */
const SAME_AS_REQUESTED = 1n;

/**
 * One arena for all sessions that are told of it, as large as the largest of their runs instead of the sum. Not for sessions that record
 * CUDA graphs: a recorded graph goes on using memory of its arena that counts as free, so that its replay would write over what another
 * session keeps there, or uses at the same time.
 */
export class SharedArena {
  readonly #api: OrtApi;
  readonly #env: Pointer;
  readonly #info: Pointer;
  #disposed = false;

  /**
   * @param provider whose memory it is, `CUDAExecutionProvider`.
   * @param info `OrtMemoryInfo` of the device; must outlive this.
   * @throws AppError `engine-failed` where this build or the device has none to give.
   *
   * A process has one environment: the next arena of the same device takes this one's place for sessions opened after it.
   */
  constructor(api: OrtApi, env: Pointer, provider: string, info: Pointer) {
    this.#api = api;
    this.#env = env;
    this.#info = info;
    const config = api.createArenaConfig(['arena_extend_strategy'], BigUint64Array.of(SAME_AS_REQUESTED), 1);
    try {
      api.registerArena(env, provider, info, config, [], [], 0);
    } finally {
      api.releaseArenaConfig(config);
    }
  }

  /** The session made with these options shares it. */
  addTo(options: Pointer): void {
    this.#api.addSessionConfig(options, USE_ENVIRONMENT, '1');
    this.#api.addSessionConfig(options, WEIGHTS_APART, '1');
  }

  /** Its memory is given back with the last session that shares it. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    try {
      this.#api.unregisterArena(this.#env, this.#info);
    } catch (error) {
      // Another had taken its place, and has gone.
      if (!(error instanceof Error && /no allocator for this device/i.test(error.message))) throw error;
    }
  }
}
