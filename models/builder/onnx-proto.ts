import proto from 'onnx-proto';

/**
 * The messages of onnx.proto. A CommonJS module whose exports Node's ESM loader cannot list, so its default is taken; an `import`, as what
 * is required by hand is not bundled and is missing from the packed app.
 */
export const { onnx } = proto;
