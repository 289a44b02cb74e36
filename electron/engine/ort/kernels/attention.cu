// Attention of one token with heads of HEAD values: the group of queries that shares a key is the 16 rows of a tensor core's product, and the keys are split
// over blocks of threads (Flash-Decoding). The token's own key is turned and written on the way.

#define SPLIT_KEYS 64

/**
 * Attention of one token, keys split over blocks of threads: grid [key heads, splits], 128 threads. Writes the token's key and value into the caches
 * [key heads, capacity, HEAD] and each split's sums to `partial` [query heads, splits, HEAD] and `marks` [query heads, splits, 2] (greatest score, sum).
 */
extern "C" __global__ void __launch_bounds__(128)
attend(float* partial, float* marks, const u16* qkv, u16* keys, u16* values, const int* past, const u16* cosine, const u16* sine,
       int heads, int key_heads, int capacity, int rotary, int interleaved, float scale) {
  // Values of the keys being read, then sums of the warps.
  __shared__ __align__(16) float sums[4][16][HEAD];
  u16 (*tile)[16][HEAD + 8] = (u16 (*)[16][HEAD + 8])sums;
  __shared__ float tops[4][16], totals[4][16];
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, g = lane >> 2, t = lane & 3;
  int head = blockIdx.x, split = blockIdx.y, splits = gridDim.y, group = heads / key_heads;
  let_next_start();
  wait_for_previous();
  int position = *past, total = position + 1;
  int span = ((total + splits - 1) / splits + SPLIT_KEYS - 1) / SPLIT_KEYS * SPLIT_KEYS;
  int begin = split * span, end = min(begin + span, total);
  if (begin >= total) return;
  i64 cached = (i64)head * capacity;
  const u16* c = cosine + (i64)position * (rotary / 2);
  const u16* s = sine + (i64)position * (rotary / 2);
  if (end == total) {
    // The block that reads the token's own key writes it first.
    if (warp == 0 && g == 0) {
      Words v[HEAD_CHUNKS];
      const u16* source = qkv + (heads + head) * HEAD;
      for (int i = 0; i < HEAD_CHUNKS; i++) v[i] = *(const Words*)(source + t * 8 + i * 32);
      if (rotary) rotate(v, c, s, rotary, interleaved, t);
      for (int i = 0; i < HEAD_CHUNKS; i++) *(Words*)(keys + (cached + position) * HEAD + t * 8 + i * 32) = v[i];
    }
    if (warp == 1 && lane < HEAD / 8)
      *(Words*)(values + (cached + position) * HEAD + lane * 8) = *(const Words*)(qkv + (heads + key_heads + head) * HEAD + lane * 8);
    __syncthreads();
  }
  // Queries of this key's group, a row each; rows beyond the group repeat the last.
  Words qa[HEAD_CHUNKS], qb[HEAD_CHUNKS];
  const u16* query0 = qkv + (head * group + min(g, group - 1)) * HEAD;
  const u16* query1 = qkv + (head * group + min(g + 8, group - 1)) * HEAD;
#pragma unroll
  for (int i = 0; i < HEAD_CHUNKS; i++) {
    qa[i] = *(const Words*)(query0 + t * 8 + i * 32);
    qb[i] = *(const Words*)(query1 + t * 8 + i * 32);
  }
  if (rotary) {
    rotate(qa, c, s, rotary, interleaved, t);
    rotate(qb, c, s, rotary, interleaved, t);
  }
  float top0 = -1e30f, top1 = -1e30f, total0 = 0.0f, total1 = 0.0f;
  float o[HEAD / 8][4];
#pragma unroll
  for (int i = 0; i < HEAD / 8; i++) o[i][0] = o[i][1] = o[i][2] = o[i][3] = 0.0f;
  for (int from = begin + warp * 16; from < end; from += 64) {
    Words k0[HEAD_CHUNKS], k1[HEAD_CHUNKS], v[HEAD / 16];
    int row0 = min(from + g, total - 1), row1 = min(from + g + 8, total - 1);
#pragma unroll
    for (int i = 0; i < HEAD_CHUNKS; i++) {
      k0[i] = *(const Words*)(keys + (cached + row0) * HEAD + t * 8 + i * 32);
      k1[i] = *(const Words*)(keys + (cached + row1) * HEAD + t * 8 + i * 32);
    }
#pragma unroll
    for (int i = 0; i < HEAD / 16; i++) {
      int at = lane + i * 32, row = at / (HEAD / 8), d = at % (HEAD / 8);
      v[i] = *(const Words*)(values + (cached + min(from + row, total - 1)) * HEAD + d * 8);
    }
    float s0[4] = { 0, 0, 0, 0 }, s1[4] = { 0, 0, 0, 0 };
#pragma unroll
    for (int i = 0; i < HEAD_CHUNKS; i++) {
      mma(s0, qa[i].x, qb[i].x, qa[i].y, qb[i].y, k0[i].x, k0[i].y);
      mma(s0, qa[i].z, qb[i].z, qa[i].w, qb[i].w, k0[i].z, k0[i].w);
      mma(s1, qa[i].x, qb[i].x, qa[i].y, qb[i].y, k1[i].x, k1[i].y);
      mma(s1, qa[i].z, qb[i].z, qa[i].w, qb[i].w, k1[i].z, k1[i].w);
    }
#pragma unroll
    for (int i = 0; i < HEAD / 16; i++) {
      int at = lane + i * 32;
      *(Words*)&tile[warp][at / (HEAD / 8)][at % (HEAD / 8) * 8] = v[i];
    }
    __syncwarp();
    float best0 = top0, best1 = top1;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      bool there0 = from + 2 * t + (i & 1) < end, there1 = from + 8 + 2 * t + (i & 1) < end;
      s0[i] = there0 ? s0[i] * scale : -1e30f;
      s1[i] = there1 ? s1[i] * scale : -1e30f;
      if (i < 2) best0 = fmaxf(best0, fmaxf(s0[i], s1[i]));
      else best1 = fmaxf(best1, fmaxf(s0[i], s1[i]));
    }
    best0 = fmaxf(best0, __shfl_xor_sync(FULL, best0, 1));
    best0 = fmaxf(best0, __shfl_xor_sync(FULL, best0, 2));
    best1 = fmaxf(best1, __shfl_xor_sync(FULL, best1, 1));
    best1 = fmaxf(best1, __shfl_xor_sync(FULL, best1, 2));
    float keep0 = __expf(top0 - best0), keep1 = __expf(top1 - best1);
    top0 = best0;
    top1 = best1;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      s0[i] = __expf(s0[i] - (i < 2 ? best0 : best1));
      s1[i] = __expf(s1[i] - (i < 2 ? best0 : best1));
    }
    total0 = total0 * keep0 + s0[0] + s0[1] + s1[0] + s1[1];
    total1 = total1 * keep1 + s0[2] + s0[3] + s1[2] + s1[3];
    u32 a0 = pack(s0[0], s0[1]), a1 = pack(s0[2], s0[3]), a2 = pack(s1[0], s1[1]), a3 = pack(s1[2], s1[3]);
    u32 address = shared_address(&tile[warp][(lane >> 3 & 1) * 8 + (lane & 7)][(lane >> 4) * 8]);
#pragma unroll
    for (int i = 0; i < HEAD / 16; i++) {
      u32 b0, b1, b2, b3;
      load_transposed(address + i * 32, b0, b1, b2, b3);
#pragma unroll
      for (int j = 0; j < 4; j++) {
        o[2 * i][j] *= j < 2 ? keep0 : keep1;
        o[2 * i + 1][j] *= j < 2 ? keep0 : keep1;
      }
      mma(o[2 * i], a0, a1, a2, a3, b0, b1);
      mma(o[2 * i + 1], a0, a1, a2, a3, b2, b3);
    }
    __syncwarp();
  }
  total0 += __shfl_xor_sync(FULL, total0, 1);
  total0 += __shfl_xor_sync(FULL, total0, 2);
  total1 += __shfl_xor_sync(FULL, total1, 1);
  total1 += __shfl_xor_sync(FULL, total1, 2);
  if (t == 0) {
    tops[warp][g] = top0;
    tops[warp][g + 8] = top1;
    totals[warp][g] = total0;
    totals[warp][g + 8] = total1;
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < HEAD / 8; i++)
#pragma unroll
    for (int j = 0; j < 4; j++) sums[warp][g + (j >> 1) * 8][i * 8 + 2 * t + (j & 1)] = o[i][j];
  __syncthreads();
  for (int row = warp; row < group; row += 4) {
    float best = fmaxf(fmaxf(tops[0][row], tops[1][row]), fmaxf(tops[2][row], tops[3][row]));
    float w[4], sum = 0.0f;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      w[i] = __expf(tops[i][row] - best);
      sum += w[i] * totals[i][row];
    }
    i64 at = (i64)(head * group + row) * splits + split;
    for (int d = lane; d < HEAD; d += 32)
      partial[at * HEAD + d] = w[0] * sums[0][row][d] + w[1] * sums[1][row][d] + w[2] * sums[2][row][d] + w[3] * sums[3][row][d];
    if (lane == 0) {
      marks[at * 2] = best;
      marks[at * 2 + 1] = sum;
    }
  }
}

/** One head's sums of all splits: grid [query heads], HEAD threads. */
extern "C" __global__ void __launch_bounds__(HEAD)
merge(u16* y, const float* partial, const float* marks, const int* past, int splits) {
  __shared__ float weights[256];
  __shared__ float factor;
  int head = blockIdx.x, d = threadIdx.x;
  let_next_start();
  wait_for_previous();
  int total = *past + 1;
  int span = ((total + splits - 1) / splits + SPLIT_KEYS - 1) / SPLIT_KEYS * SPLIT_KEYS;
  int used = (total + span - 1) / span;
  const float* mark = marks + (i64)head * splits * 2;
  if (d < 32) {
    float best = -1e30f, sum = 0.0f;
    for (int i = d; i < used; i += 32) best = fmaxf(best, mark[2 * i]);
    for (int i = 16; i > 0; i >>= 1) best = fmaxf(best, __shfl_xor_sync(FULL, best, i));
    for (int i = d; i < used; i += 32) {
      float w = __expf(mark[2 * i] - best);
      weights[i] = w;
      sum += w * mark[2 * i + 1];
    }
    for (int i = 16; i > 0; i >>= 1) sum += __shfl_xor_sync(FULL, sum, i);
    if (d == 0) factor = 1.0f / sum;
  }
  __syncthreads();
  float v = 0.0f;
#pragma unroll 8
  for (int i = 0; i < used; i++) v += weights[i] * partial[((i64)head * splits + i) * HEAD + d];
  y[head * HEAD + d] = to_half(v * factor);
}
