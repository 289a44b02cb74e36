import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Graph } from '../graph';

/** Computes errors of outputs through ONNX Runtime. */
export class ErrorMeter {
  private readonly session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.session = session;
  }

  static async create(threads: number): Promise<ErrorMeter> {
    const graph = new Graph('error');
    graph.input('d', 'float32', ['B', 'R', 'W']);
    graph.input('gram', 'float32', ['B', 'W', 'W']);
    graph.output('error', 'float32', ['B', 'R']);
    graph.node('MatMul', ['d', 'gram'], ['product']);
    graph.node('Mul', ['product', 'd'], ['terms']);
    const axis = graph.constant('axis', 'int64', [1], [2]);
    graph.node('ReduceSum', ['terms', axis], ['error'], { attributes: { keepdims: 0 } });
    const options = { executionProviders: ['cpu'], intraOpNumThreads: threads, logSeverityLevel: 3 as const };
    return new ErrorMeter(await InferenceSession.create(graph.serialize(), options));
  }

  /**
   * @param d [rows, columns], differences of weights.
   * @param gram [columns / width, width, width], blocks of the inputs' xᵀx.
   * @returns the squared error that each row of each block adds to the output, [columns / width, rows].
   */
  async errors(d: Float32Array, columns: number, gram: Tensor): Promise<Float32Array> {
    const [blocks = 1, width = columns] = gram.dims;
    const rows = d.length / columns;
    const byBlock = blocks === 1 ? d : transposed(d, rows, blocks, width);
    const out = await this.session.run({ d: new Tensor('float32', byBlock, [blocks, rows, width]), gram });
    return out.error!.data as Float32Array;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** [rows, blocks, width] -> [blocks, rows, width] */
function transposed(d: Float32Array, rows: number, blocks: number, width: number): Float32Array {
  const out = new Float32Array(d.length);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const from = (row * blocks + block) * width;
      out.set(d.subarray(from, from + width), (block * rows + row) * width);
    }
  }
  return out;
}
