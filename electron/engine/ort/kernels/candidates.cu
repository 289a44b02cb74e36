// The likeliest token after a step; and the likeliest ones, so that a vocabulary's logits need not leave the device for one of them to be drawn.

/** As many as candidates.ts has room for. */
#define MOST_FOUND 256
#define BOUNDS 16
#define FINDERS 1024

struct Found {
  /** The largest logit, and the sum over all tokens of exp((logit - top) / temperature). */
  float top, total;
  /** Beyond MOST_FOUND: there were more. -1: no bound is wide enough. */
  int count, padding;
  int ids[MOST_FOUND];
  float logits[MOST_FOUND];
};

/** Of (top - logit) / temperature. */
__constant__ float bounds[BOUNDS] = { 0.25f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f, 8.0f, 10.0f, 12.0f, 14.0f, 17.0f, 20.0f };

DEVICE float sum_of_warp(float value) {
  for (int i = 16; i > 0; i >>= 1) value += __shfl_xor_sync(FULL, value, i);
  return value;
}

/**
 * Tokens within the first bound that holds `mass` of the total, `least` tokens, and all within `reach`; in any order. One block of threads: 150,000 logits are
 * 300 KB of cache. NaN is nobody's.
 */
extern "C" __global__ void __launch_bounds__(FINDERS)
find_candidates(Found* found, const Words* logits, int vocabulary, float per_temperature, float mass, int least, float reach) {
  __shared__ float of_warps[FINDERS / 32];
  __shared__ float totals[FINDERS / 32], masses[BOUNDS];
  __shared__ int counts[BOUNDS], count, chosen;
  wait_for_previous();
  int eights = vocabulary / 8, lane = threadIdx.x & 31;
  float top = -1e30f;
  for (int i = threadIdx.x; i < eights; i += FINDERS) {
    float f[8];
    unpack(logits[i], f);
#pragma unroll
    for (int j = 0; j < 8; j++) top = fmaxf(top, f[j]);
  }
  for (int i = 16; i > 0; i >>= 1) top = fmaxf(top, __shfl_xor_sync(FULL, top, i));
  if (lane == 0) of_warps[threadIdx.x >> 5] = top;
  if (threadIdx.x < BOUNDS) {
    masses[threadIdx.x] = 0.0f;
    counts[threadIdx.x] = 0;
  }
  if (threadIdx.x == 0) count = 0;
  __syncthreads();
  top = of_warps[lane];
  for (int i = 16; i > 0; i >>= 1) top = fmaxf(top, __shfl_xor_sync(FULL, top, i));

  float total = 0.0f, within[BOUNDS] = {};
  int tokens[BOUNDS] = {};
  for (int i = threadIdx.x; i < eights; i += FINDERS) {
    float f[8];
    unpack(logits[i], f);
#pragma unroll
    for (int j = 0; j < 8; j++) {
      float below = (top - f[j]) * per_temperature, weight = f[j] == f[j] ? __expf(-below) : 0.0f;
      total += weight;
      if (below < 20.0f) {
#pragma unroll
        for (int b = 0; b < BOUNDS; b++) {
          bool in = below < bounds[b];
          within[b] += in ? weight : 0.0f;
          tokens[b] += in;
        }
      }
    }
  }
  total = sum_of_warp(total);
  if (lane == 0) totals[threadIdx.x >> 5] = total;
#pragma unroll
  for (int b = 0; b < BOUNDS; b++) {
    float sum = sum_of_warp(within[b]);
    int in = __reduce_add_sync(FULL, tokens[b]);
    if (lane == 0) {
      atomicAdd(&masses[b], sum);
      atomicAdd(&counts[b], in);
    }
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    // In order, so that equal logits give equal bits.
    total = 0.0f;
    for (int warp = 0; warp < FINDERS / 32; warp++) total += totals[warp];
    chosen = -1;
    for (int b = BOUNDS - 1; b >= 0; b--)
      if (masses[b] >= mass * total && counts[b] >= least && bounds[b] >= reach) chosen = b;
    found->top = top;
    found->total = total;
    found->count = chosen < 0 ? -1 : counts[chosen];
  }
  __syncthreads();
  if (chosen < 0 || counts[chosen] > MOST_FOUND) return;
  float bound = bounds[chosen];
  for (int i = threadIdx.x; i < eights; i += FINDERS) {
    float f[8];
    unpack(logits[i], f);
#pragma unroll
    for (int j = 0; j < 8; j++) {
      if ((top - f[j]) * per_temperature < bound) {
        int at = atomicAdd(&count, 1);
        found->ids[at] = 8 * i + j;
        found->logits[at] = f[j];
      }
    }
  }
}

/** The index of the largest value, of equals the first; NaN is none. One block of threads. */
extern "C" __global__ void __launch_bounds__(FINDERS) find_largest(i64* y, const Words* x, int eights) {
  __shared__ unsigned long long of_warps[FINDERS / 32];
  let_next_start();
  wait_for_previous();
  // A half whose order is that of its bits, over the index from the end.
  unsigned long long best = 0;
  for (int i = threadIdx.x; i < eights; i += FINDERS) {
    Words v = x[i];
    u32 pairs[4] = { v.x, v.y, v.z, v.w };
#pragma unroll
    for (int j = 0; j < 8; j++) {
      u32 bits = pairs[j / 2] >> 16 * (j % 2) & 0xffff;
      if (bits == 0x8000) bits = 0;
      u32 order = (bits & 0x7fff) > 0x7c00 ? 0 : bits & 0x8000 ? 0xffff ^ bits : bits | 0x8000;
      unsigned long long key = (unsigned long long)order << 32 | (0xffffffffu - (8 * i + j));
      if (key > best) best = key;
    }
  }
  for (int i = 16; i > 0; i >>= 1) {
    unsigned long long other = __shfl_xor_sync(FULL, best, i);
    if (other > best) best = other;
  }
  if ((threadIdx.x & 31) == 0) of_warps[threadIdx.x >> 5] = best;
  __syncthreads();
  if (threadIdx.x > 0) return;
  for (int i = 1; i < FINDERS / 32; i++)
    if (of_warps[i] > best) best = of_warps[i];
  *y = best == 0 ? 0 : 0xffffffffu - (u32)best;
}
