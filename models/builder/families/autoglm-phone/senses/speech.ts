import { Graph } from '../../../graph';
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
import type { StoredSpeech } from './store';

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

/** wave [1, T] -> rows [1, T / (2 * filter_stride), hidden]. Powers and their logarithm are computed in float32: float16 ends at 65504. */
function embedWave(c: Context, config: SpeechConfig, stored: StoredSpeech): string {
  const { graph } = c;
  const embed = 'speech.wave_embed';
  const { filters, filter_length: length, filter_stride: stride } = config;
  const side = length - stride;
  const before = Math.floor(side / 2);
  graph.node('Unsqueeze', ['wave', graph.constant('channel_axis', 'int64', [1], [1])], ['wave.channel']);
  const bank = graph.weightAs(`${embed}.filters.weight`, stored.filters, 'float32');
  graph.node('Conv', ['wave.channel', bank], ['filtered'], {
    attributes: { kernel_shape: [length], strides: [stride], pads: [before, side - before] },
  });
  const halves = graph.constant('filter_sizes', 'int64', [2], [filters, filters]);
  graph.node('Split', ['filtered', halves], ['filtered.cos', 'filtered.sin'], { attributes: { axis: 1 } });
  for (const part of ['cos', 'sin'])
    graph.node('Mul', [`filtered.${part}`, `filtered.${part}`], [`squared.${part}`]);
  graph.node('Add', ['squared.cos', 'squared.sin'], ['power']);
  graph.node('Add', ['power', graph.constant('power.floor', 'float32', [], [FLOOR])], ['power.positive']);
  graph.node('Log', ['power.positive'], ['power.log']);
  graph.node('Mul', ['power.log', graph.constant('power.scale', 'float32', [], [0.25])], ['spectrogram']);
  const spectrogram = toActivation(c, 'spectrogram');
  const first = convolve(c, spectrogram, `${embed}.conv1`, stored.conv1, {
    kernel: [3],
    strides: [2],
    pads: [1, 1],
  });
  const wide = gelu(c, first, `${embed}.gelu`);
  const second = convolve(c, wide, `${embed}.conv2`, stored.conv2, {
    kernel: [3],
    strides: [1],
    pads: [1, 1],
  });
  graph.node('Transpose', [second], ['speech.rows'], { attributes: { perm: [0, 2, 1] } });
  return 'speech.rows';
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
