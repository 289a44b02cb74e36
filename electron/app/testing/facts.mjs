/** What test doubles of the engine say of a model and of an answer. Plain JavaScript, as engines of tests run without a compiler. */

/** @typedef {import('../../contract/manifest').Manifest} Manifest */
/** @typedef {import('../../contract/engine').LoadedModel} LoadedModel */
/** @typedef {import('../../contract/generation').GenerationStats} GenerationStats */

/**
 * @param {string} id
 * @param {Partial<Manifest>} [more]
 * @returns {Manifest}
 */
export function manifestOf(id, more) {
  return {
    format: 1,
    id,
    family: 'autoglm-phone',
    name: id,
    license: 'Apache-2.0',
    source: 'a test',
    parameters: 1,
    modalities: ['text'],
    precision: 'int4',
    contextLength: 2048,
    maxOutputTokens: 1024,
    architecture: {},
    graphs: {},
    tokenizer: 'tokenizer.json',
    tokens: { pad: 0, eos: [1], decoderStart: 2 },
    reasoning: { open: '<think>', close: '</think>', default: true },
    generation: {},
    memory: { weights: 1, kvPerToken: 1 },
    files: [],
    ...more,
  };
}

/**
 * @param {Manifest} manifest
 * @param {Partial<LoadedModel>} [more]
 * @returns {LoadedModel}
 */
export function loadedModelOf(manifest, more) {
  return {
    manifest,
    provider: 'cpu',
    device: { kind: 'processor', threads: 1 },
    contextLength: manifest.contextLength,
    passedOver: [],
    loadMs: 10,
    memoryBytes: 1,
    ...more,
  };
}

/**
 * @param {Partial<GenerationStats>} [more]
 * @returns {GenerationStats}
 */
export function statsOf(more) {
  return {
    promptTokens: 5,
    outputTokens: 10,
    reasoningTokens: 4,
    queuedMs: 0,
    firstTokenMs: 1,
    reasoningMs: 5,
    totalMs: 10,
    tokensPerSecond: 400,
    provider: 'cpu',
    device: { kind: 'processor', threads: 1 },
    precision: 'int4',
    peakMemoryBytes: 1,
    seed: 7,
    ...more,
  };
}
