// Sums and root mean square norms, a block of threads for each row.

#define NORM_THREADS 512
#define NORM_EIGHTS 2  // a thread's share of a row: up to 8192 wide

DEVICE float block_sum(float v) {
  __shared__ float part[NORM_THREADS / 32];
#pragma unroll
  for (int i = 16; i > 0; i >>= 1) v += __shfl_xor_sync(FULL, v, i);
  __syncthreads();
  if ((threadIdx.x & 31) == 0) part[threadIdx.x >> 5] = v;
  __syncthreads();
  float sum = 0.0f;
#pragma unroll
  for (int i = 0; i < NORM_THREADS / 32; i++) sum += part[i];
  return sum;
}
/** sum = residual + (inner ? norm(x, inner) : x); y = norm(sum, outer). */
extern "C" __global__ void __launch_bounds__(NORM_THREADS)
add_norm(Words* y, Words* sum, const Words* x, const Words* residual, const Words* inner, const Words* outer, float inner_epsilon, float outer_epsilon, int width) {
  int eights = width / 8;
  i64 row = (i64)blockIdx.x * eights;
  float v[NORM_EIGHTS][8], w[8];
  Words gain[NORM_EIGHTS], last[NORM_EIGHTS];
  let_next_start();
#pragma unroll
  for (int i = 0; i < NORM_EIGHTS; i++) {
    int at = threadIdx.x + i * NORM_THREADS;
    if (at < eights) {
      if (inner) gain[i] = inner[at];
      last[i] = outer[at];
    }
  }
  wait_for_previous();
  float squares = 0.0f;
#pragma unroll
  for (int i = 0; i < NORM_EIGHTS; i++) {
    int at = threadIdx.x + i * NORM_THREADS;
    if (at < eights) {
      unpack(x[row + at], v[i]);
      for (int j = 0; j < 8; j++) squares += v[i][j] * v[i][j];
    }
  }
  float factor = inner ? rsqrtf(block_sum(squares) / width + inner_epsilon) : 1.0f;
  squares = 0.0f;
#pragma unroll
  for (int i = 0; i < NORM_EIGHTS; i++) {
    int at = threadIdx.x + i * NORM_THREADS;
    if (at < eights) {
      float r[8];
      unpack(residual[row + at], r);
      if (inner) {
        unpack(gain[i], w);
        for (int j = 0; j < 8; j++) v[i][j] = to_float(to_half(v[i][j] * factor * w[j]));
      }
      for (int j = 0; j < 8; j++) v[i][j] += r[j];
      Words total = repack(v[i]);
      if (sum) sum[row + at] = total;
      unpack(total, v[i]);
      for (int j = 0; j < 8; j++) squares += v[i][j] * v[i][j];
    }
  }
  factor = rsqrtf(block_sum(squares) / width + outer_epsilon);
#pragma unroll
  for (int i = 0; i < NORM_EIGHTS; i++) {
    int at = threadIdx.x + i * NORM_THREADS;
    if (at < eights) {
      unpack(last[i], w);
      for (int j = 0; j < 8; j++) v[i][j] *= factor * w[j];
      y[row + at] = repack(v[i]);
    }
  }
}
