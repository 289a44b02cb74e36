import { Graph } from '../../../graph';
import { linear } from '../../../layers';
import { storedAs } from '../../../weights';
import type { Context } from '../context';
import type { SpeechConfig } from './config';
import {
  type Angles,
  cast,
  convolve,
  cosSin,
  gelu,
  mergeAndFuse,
  rotaryAngles,
  senseStack,
  toActivation,
} from './layers';
import type { StoredConvolution, StoredSpeech } from './store';

/** Added to a pair's power before the logarithm: `WaveEmbedding.FLOOR` in models/train/senses.py. */
const FLOOR = 1e-4;

/**
 * Wav2Vec-Bridge, the adapter and the fusion layers over one clip.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `wave` | float32 | [1, T] | normalised (zero mean, unit variance), T a multiple of 2 * filter_stride * stack samples |
 * | → `features` | float | [N, C] | N = T / (2 * filter_stride * stack): what stands in the encoder's sequence |
 */
export function speechGraph(context: Omit<Context, 'graph'>): Uint8Array {
  const graph = new Graph('speech');
  const c: Context = { ...context, graph };
  const config = c.config.speech!;
  const { speech } = c.model.senses!;
  graph.input('wave', 'float32', [1, 'T']);
  const x = embedWave(c, config, speech!);
  const rows = senseStack(c, 'speech', config, speech!, x, angles(c, config, x));
  const width = config.stack * config.hidden_size;
  mergeAndFuse(c, 'speech', rows, { merged: 'speech.pairs', width, merge: speech!.merge });
  return graph.serialize();
}

/**
 * wave [1, T] -> rows [1, T / (2 * filter_stride), hidden]. On CUDA by products of windows that are laid side by side: cuDNN's convolutions
 * would look for an algorithm at every new length, and its library takes memory of the device.
 */
const embedWave = (c: Context, config: SpeechConfig, stored: StoredSpeech): string =>
  c.activation === 'float16' ? embedWindows(c, config, stored) : convolveWave(c, config, stored);

const EMBED = 'speech.wave_embed';

function convolveWave(c: Context, config: SpeechConfig, stored: StoredSpeech): string {
  const { graph } = c;
  const { filter_length: length, filter_stride: stride } = config;
  const side = length - stride;
  const before = Math.floor(side / 2);
  graph.node('Unsqueeze', ['wave', graph.constant('channel_axis', 'int64', [1], [1])], ['wave.channel']);
  const bank = graph.weightAs(`${EMBED}.filters.weight`, stored.filters, 'float32');
  graph.node('Conv', ['wave.channel', bank], ['filtered'], {
    attributes: { kernel_shape: [length], strides: [stride], pads: [before, side - before] },
  });
  const first = convolve(c, spectrogram(c, config, 1), `${EMBED}.conv1`, stored.conv1, {
    kernel: [3],
    strides: [2],
    pads: [1, 1],
  });
  const wide = gelu(c, first, `${EMBED}.gelu`);
  const second = convolve(c, wide, `${EMBED}.conv2`, stored.conv2, {
    kernel: [3],
    strides: [1],
    pads: [1, 1],
  });
  graph.node('Transpose', [second], ['speech.rows'], { attributes: { perm: [0, 2, 1] } });
  return 'speech.rows';
}

/**
 * The logarithm of the power of each pair of filters in the graph's type, from `filtered`, whose axis `axis` has the cosines and then the
 * sines. Powers and their logarithm are computed in float32: float16 ends at 65504.
 */
function spectrogram(c: Context, { filters }: SpeechConfig, axis: number): string {
  const { graph } = c;
  const halves = graph.constant('filter_sizes', 'int64', [2], [filters, filters]);
  graph.node('Split', ['filtered', halves], ['filtered.cos', 'filtered.sin'], { attributes: { axis } });
  for (const part of ['cos', 'sin'])
    graph.node('Mul', [`filtered.${part}`, `filtered.${part}`], [`squared.${part}`]);
  graph.node('Add', ['squared.cos', 'squared.sin'], ['power']);
  graph.node('Add', ['power', graph.constant('power.floor', 'float32', [], [FLOOR])], ['power.positive']);
  graph.node('Log', ['power.positive'], ['power.log']);
  graph.node('Mul', ['power.log', graph.constant('power.scale', 'float32', [], [0.25])], ['spectrogram']);
  return toActivation(c, 'spectrogram');
}

function embedWindows(c: Context, config: SpeechConfig, stored: StoredSpeech): string {
  const { graph } = c;
  const { filters, filter_length: length, filter_stride: stride, channels, hidden_size: hidden } = config;
  // A window of the bank begins in one stride's samples and ends in a later one's.
  const strides = Math.ceil(length / stride);
  const before = Math.floor((length - stride) / 2);
  const padded = pad(graph, 'wave', 'wave.padded', [0, before, 0, (strides - 1) * stride - before]);
  const shape = graph.constant('wave.shape', 'int64', [2], [-1, stride]);
  graph.node('Reshape', [padded, shape], ['wave.strides']);
  const pieces = Array.from({ length: strides }, (_, i) => {
    const rows = slice(graph, 'wave.strides', `wave.stride_${i}`, { start: i, end: i + 1 - strides });
    const rest = length - i * stride;
    return rest >= stride ? rows : slice(graph, rows, `${rows}.cut`, { axis: 1, start: 0, end: rest });
  });
  graph.node('Concat', pieces, ['wave.windows'], { attributes: { axis: 1 } });
  const bank = storedAs(stored.filters, [2 * filters, length]);
  const weight = graph.weightAs(`${EMBED}.filters.weight`, bank, 'float32');
  graph.node('FusedMatMul', ['wave.windows', weight], ['filtered'], {
    domain: 'com.microsoft',
    attributes: { transB: 1 },
  });
  const powers = spectrogram(c, config, 1);

  const narrow = taps(graph, pad(graph, powers, 'conv1.padded', [1, 0, 0, 0]), 'conv1', filters, 2);
  const first = convolveRows(c, narrow, `${EMBED}.conv1`, stored.conv1, channels, 3 * filters);
  const wide = gelu(c, first, `${EMBED}.gelu`);
  const near = taps(graph, pad(graph, wide, 'conv2.padded', [1, 0, 1, 0]), 'conv2', channels, 1);
  const second = convolveRows(c, near, `${EMBED}.conv2`, stored.conv2, hidden, 3 * channels);
  graph.node('Unsqueeze', [second, graph.constant('batch_axis', 'int64', [1], [0])], ['speech.rows']);
  return 'speech.rows';
}

function pad(graph: Graph, x: string, output: string, pads: readonly number[]): string {
  graph.node('Pad', [x, graph.constant(`${output}.pads`, 'int64', [pads.length], pads)], [output]);
  return output;
}

interface Range {
  readonly axis?: number;
  readonly start: number;
  /** Counted from the back where it is not positive: 0 is all. */
  readonly end: number;
  readonly step?: number;
}

function slice(graph: Graph, x: string, output: string, { axis = 0, start, end, step = 1 }: Range): string {
  const all = 2 ** 31 - 1;
  const bounds = { start, end: end || all, axis, step };
  const inputs = Object.entries(bounds).map(([name, value]) =>
    graph.constant(`${output}.${name}`, 'int64', [1], [value]),
  );
  graph.node('Slice', [x, ...inputs], [output]);
  return output;
}

/**
 * What a convolution of kernel 3 reads, from rows that are padded already: [n, width * 3], in the order of its weights, a channel's three
 * taps one after the other.
 *
 * @param stride 2 takes an odd number of rows.
 */
function taps(graph: Graph, rows: string, name: string, width: number, stride: 1 | 2): string {
  const each = [0, 1, 2].map((tap) => {
    const end = stride === 1 ? tap - 2 : tap === 0 ? -1 : 0;
    return slice(graph, rows, `${name}.tap_${tap}`, { start: tap, end, step: stride });
  });
  graph.node('Concat', each, [`${name}.taps`], { attributes: { axis: 1 } });
  const apart = graph.constant(`${name}.apart`, 'int64', [3], [-1, 3, width]);
  graph.node('Reshape', [`${name}.taps`, apart], [`${name}.by_tap`]);
  graph.node('Transpose', [`${name}.by_tap`], [`${name}.by_channel`], { attributes: { perm: [0, 2, 1] } });
  const flat = graph.constant(`${name}.flat`, 'int64', [2], [-1, 3 * width]);
  graph.node('Reshape', [`${name}.by_channel`, flat], [`${name}.windows`]);
  return `${name}.windows`;
}

/** windows [n, columns] times a convolution's weights: [n, rows]. */
function convolveRows(
  c: Context,
  windows: string,
  name: string,
  { weight, bias }: StoredConvolution,
  rows: number,
  columns: number,
): string {
  const matrix = { kind: 'float', rows, columns, values: storedAs(weight, [rows, columns]) } as const;
  const vector = { name: `${name}.bias`, vector: bias };
  return linear(c, windows, `${name}.weight`, matrix, `${name}.output`, vector);
}

/** Of rows 0, 1, 2 … of x [1, N, hidden]. */
function angles(c: Context, config: SpeechConfig, x: string): Angles {
  const { graph } = c;
  const constant = (name: string, value: number) => graph.constant(name, 'int64', [], [value]);
  graph.node('Shape', [x], ['rows.shape']);
  graph.node('Gather', ['rows.shape', constant('number.one', 1)], ['rows.count']);
  graph.node('Range', [constant('number.zero', 0), 'rows.count', constant('number.one', 1)], ['rows.range']);
  graph.node(
    'Reshape',
    ['rows.range', graph.constant('shape.column', 'int64', [2], [-1, 1])],
    ['rows.column'],
  );
  const numbers = cast(graph, 'rows.column', 'float32');
  const half = config.hidden_size / config.num_attention_heads / 2;
  return cosSin(c, rotaryAngles(graph, numbers, config.rope_theta, half, 'speech.angles'));
}
