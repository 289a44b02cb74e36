import type { Backend, HostTensor, Tensors } from '../../ort/backend';
import { disposeAll, writeIds } from '../run-tensors';
import type { DecoderSettings } from './settings';

/** Tokens of a prompt that are read at once: these graphs compute logits for each. */
const CHUNK = 256;
export const chunkOf = ({ prefillRows = CHUNK }: Backend): number => Math.min(prefillRows, CHUNK);

/** Ids, positions and mask of one run, as these exports name them. */
export class TextInputs {
  readonly inputs: Tensors;
  readonly #ids: HostTensor<'int64'>;
  readonly #positions: HostTensor<'int64'>;
  readonly #mask: HostTensor<'int64'>;

  /**
   * @param tokens of one run.
   * @param maskRows length of the mask: as many as there are rows after the run, or all of a shared cache.
   */
  constructor(backend: Backend, settings: DecoderSettings, tokens: number, maskRows: number) {
    this.#ids = backend.buffer('int64', [1, tokens]);
    this.#positions = backend.buffer('int64', [1, tokens]);
    this.#mask = backend.buffer('int64', [1, maskRows]);
    this.inputs = {
      input_ids: this.#ids,
      attention_mask: this.#mask,
      ...(settings.position_ids ? { position_ids: this.#positions } : {}),
    };
  }

  /** @param used rows of the cache before the run. */
  set(tokens: readonly number[], used: number): void {
    writeIds(this.#ids, tokens);
    for (let i = 0; i < tokens.length; i++) this.#positions.data[i] = BigInt(used + i);
    this.#mask.data.fill(1n, 0, used + tokens.length);
    this.#mask.data.fill(0n, used + tokens.length);
    this.#positions.upload();
    this.#mask.upload();
  }

  dispose(): void {
    disposeAll([this.#ids, this.#positions, this.#mask]);
  }
}
