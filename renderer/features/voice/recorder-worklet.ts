/** Runs on the audio thread: mixes the microphone's channels into one and hands the samples over. */

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** 50 ms at 16 kHz: a message at a time for twenty frames of a level meter a second. */
const PIECE = 800;

class Recorder extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE);
  #filled = 0;

  process([channels]: readonly Float32Array[][]): boolean {
    const [first] = channels ?? [];
    if (!channels || !first) return true;
    for (let i = 0; i < first.length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.#piece[this.#filled++] = sum / channels.length;
      if (this.#filled < PIECE) continue;
      this.port.postMessage(this.#piece, [this.#piece.buffer]);
      this.#piece = new Float32Array(PIECE);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor('recorder', Recorder);
