import type { OrtApi, Pointer } from './api';

/** Session configuration entry: allocators of the environment take the place of the session's own for the same device. */
const USE_ENVIRONMENT = 'session.use_env_allocators';

/** Session configuration entry: weights that a session has for itself lie beside its arena. */
const WEIGHTS_APART = 'session.use_device_allocator_for_initializers';

/** `arena_extend_strategy`: kNextPowerOfTwo, by which alone the first piece may be larger than what is asked for, or kSameAsRequested. */
const STRATEGY = { nextPowerOfTwo: 0n, sameAsRequested: 1n } as const;

/** Later pieces, where one does not have to be larger. */
const PIECE_BYTES = 64 << 20;

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
   * @param firstBytes taken in one piece by the first run. What lies in one piece is joined again when it is free; pieces of the sizes that one
   *   graph's run asked for do not fit another's. 0: every piece is as large as what is asked for.
   * @throws AppError `engine-failed` where this build or the device has none to give.
   *
   * A process has one environment: the next arena of the same device takes this one's place for sessions opened after it.
   */
  constructor(api: OrtApi, env: Pointer, provider: string, info: Pointer, firstBytes = 0) {
    this.#api = api;
    this.#env = env;
    this.#info = info;
    const settings: Readonly<Record<string, bigint>> =
      firstBytes > 0
        ? {
            arena_extend_strategy: STRATEGY.nextPowerOfTwo,
            initial_chunk_size_bytes: BigInt(firstBytes),
            max_power_of_two_extend_bytes: BigInt(Math.min(firstBytes, PIECE_BYTES)),
          }
        : { arena_extend_strategy: STRATEGY.sameAsRequested };
    const keys = Object.keys(settings);
    const config = api.createArenaConfig(keys, BigUint64Array.from(Object.values(settings)), keys.length);
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
