// Attention over keys and values of 8 bits. A layer's keys, and its values, are [key heads, capacity, HEAD] codes and behind them [key heads, capacity] float16
// scales, one for a row of a head: max |x| / 127. A code is x / scale + 128, as decode8 wants it. The 16 rows of a tensor core's product are queries of several
// tokens, or of one key's group, or both.

#define SPLIT_KEYS 64
/** Keys' codes lie as lanes read them: the eights of rotary.cu that one lane has side by side, two in each 16. */
#define KEY_STEP 32
#define VALUE_STEP 8

DEVICE u32 codes_of(const float* f, float inverse) {
  u32 codes = 0;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    int code = __float2int_rn(f[i] * inverse);
    codes |= (u32)(min(max(code, -127), 127) + 128) << (8 * i);
  }
  return codes;
}
/** One row of a head, by four lanes: eights 2i and 2i + 1 become codes 16 t + 64 i … 16 t + 64 i + 15. The whole warp takes part; `writes` says who has a row. */
DEVICE void store_row(const Words* v, u8* codes, u16* scale, int t, bool writes) {
  float f[8], most = 0.0f;
#pragma unroll
  for (int i = 0; i < HEAD_CHUNKS; i++) {
    unpack(v[i], f);
#pragma unroll
    for (int j = 0; j < 8; j++) most = fmaxf(most, fabsf(f[j]));
  }
  most = fmaxf(most, __shfl_xor_sync(FULL, most, 1));
  most = fmaxf(most, __shfl_xor_sync(FULL, most, 2));
  u16 rounded = to_half(most / 127.0f);
  float width = to_float(rounded), inverse = width > 0.0f ? 1.0f / width : 0.0f;
#pragma unroll
  for (int i = 0; i < HEAD_CHUNKS / 2; i++) {
    Words out;
    unpack(v[2 * i], f);
    out.x = codes_of(f, inverse);
    out.y = codes_of(f + 4, inverse);
    unpack(v[2 * i + 1], f);
    out.z = codes_of(f, inverse);
    out.w = codes_of(f + 4, inverse);
    if (writes) *(Words*)(codes + t * 16 + i * 64) = out;
  }
  if (writes && t == 0) *scale = rounded;
}
/** Writes a token's key, turned, in row `row` of its head's. `from`: HEAD halves. */
DEVICE void store_key(u8* keys, u16* scales, const u16* from, i64 row, const u16* cosine, const u16* sine, int rotary, int interleaved, int t, bool writes) {
  Words v[HEAD_CHUNKS];
#pragma unroll
  for (int i = 0; i < HEAD_CHUNKS; i++) v[i] = *(const Words*)(from + t * 8 + i * KEY_STEP);
  if (rotary) rotate(v, cosine, sine, rotary, interleaved, t);
  store_row(v, keys + row * HEAD, scales + row, t, writes);
}
DEVICE void store_value(u8* values, u16* scales, const u16* from, i64 row, int t, bool writes) {
  Words v[HEAD_CHUNKS];
#pragma unroll
  for (int i = 0; i < HEAD_CHUNKS; i++) v[i] = *(const Words*)(from + t * 16 + (i >> 1) * 64 + (i & 1) * VALUE_STEP);
  store_row(v, values + row * HEAD, scales + row, t, writes);
}

/**
 * Writes keys and values of a run's tokens: grid [key heads, tokens / 32], 128 threads. `k` and `v` begin at the first head's; a token's are `stride` halves behind the one before.
 * `last` is the row of the run's last token.
 */
extern "C" __global__ void __launch_bounds__(128)
append(u8* keys, u8* values, const u16* k, const u16* v, const int* last, const u16* cosine, const u16* sine, int key_heads, int capacity, int rotary,
       int interleaved, int tokens, int stride) {
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, g = lane >> 2, t = lane & 3;
  int head = blockIdx.x, token = blockIdx.y * 32 + warp * 8 + g;
  let_next_start();
  wait_for_previous();
  bool writes = token < tokens;
  if (!writes) token = tokens - 1;
  int position = *last + 1 - tokens + token;
  i64 row = (i64)head * capacity + position, all = (i64)key_heads * capacity, at = (i64)token * stride + head * HEAD;
  i64 angles = (i64)position * (rotary / 2);
  store_key(keys, (u16*)(keys + all * HEAD), k + at, row, cosine + angles, sine + angles, rotary, interleaved, t, writes);
  store_value(values, (u16*)(values + all * HEAD), v + at, row, t, writes);
}

/**
 * What tokens `first` and later of a run of `tokens` see, each all rows up to its own: grid [key heads x tiles, splits of the keys], 128 threads. A tile is 16 / group tokens, whose
 * queries are the rows. A run of one token writes its key and value; of more, `append` has. Sums go to `partial` [tokens of the launch, query heads, splits, HEAD] and
 * `marks` [tokens of the launch, query heads, splits, 2] (greatest score, sum).
 */
extern "C" __global__ void __launch_bounds__(128)
attend_codes(float* partial, float* marks, const u16* qkv, u8* keys, u8* values, const int* last, const u16* cosine, const u16* sine, int heads, int key_heads,
             int capacity, int rotary, int interleaved, float scale, int tokens, int first) {
  // Values of the keys being read, then sums of the warps.
  __shared__ __align__(16) float sums[4][16][HEAD];
  u16 (*tile)[16][HEAD + 8] = (u16 (*)[16][HEAD + 8])sums;
  __shared__ float tops[4][16], totals[4][16];
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, g = lane >> 2, t = lane & 3;
  int head = blockIdx.x % key_heads, split = blockIdx.y, splits = gridDim.y, group = heads / key_heads;
  int width = (heads + 2 * key_heads) * HEAD, per = 16 / group;
  int begins = first + blockIdx.x / key_heads * per, ends = min(begins + per, tokens);
  i64 all = (i64)key_heads * capacity, cached = (i64)head * capacity;
  u16* key_scales = (u16*)(keys + all * HEAD) + cached;
  u16* value_scales = (u16*)(values + all * HEAD) + cached;
  keys += cached * HEAD;
  values += cached * HEAD;
  let_next_start();
  wait_for_previous();
  int start = *last + 1 - tokens, total = start + ends;
  int span = ((total + splits - 1) / splits + SPLIT_KEYS - 1) / SPLIT_KEYS * SPLIT_KEYS;
  int begin = split * span, end = min(begin + span, total);
  if (begin >= total) return;
  if (tokens == 1 && end == total) {
    // The block that reads the token's own key writes it first.
    i64 angles = (i64)start * (rotary / 2);
    if (warp == 0)
      store_key(keys, key_scales, qkv + (heads + head) * HEAD, start, cosine + angles, sine + angles, rotary, interleaved, t, g == 0);
    if (warp == 1) store_value(values, value_scales, qkv + (heads + key_heads + head) * HEAD, start, t, g == 0);
    __syncthreads();
  }
  // Rows beyond the last query repeat another.
  int token0 = min(begins + g / group, ends - 1), token1 = min(begins + (g + 8) / group, ends - 1);
  int seen0 = start + token0 + 1, seen1 = start + token1 + 1;
  Words qa[HEAD_CHUNKS], qb[HEAD_CHUNKS];
  const u16* query0 = qkv + (i64)token0 * width + (head * group + g % group) * HEAD;
  const u16* query1 = qkv + (i64)token1 * width + (head * group + (g + 8) % group) * HEAD;
#pragma unroll
  for (int i = 0; i < HEAD_CHUNKS; i++) {
    qa[i] = *(const Words*)(query0 + t * 8 + i * KEY_STEP);
    qb[i] = *(const Words*)(query1 + t * 8 + i * KEY_STEP);
  }
  if (rotary) {
    i64 angles0 = (i64)(seen0 - 1) * (rotary / 2), angles1 = (i64)(seen1 - 1) * (rotary / 2);
    rotate(qa, cosine + angles0, sine + angles0, rotary, interleaved, t);
    rotate(qb, cosine + angles1, sine + angles1, rotary, interleaved, t);
  }
  float top0 = -1e30f, top1 = -1e30f, total0 = 0.0f, total1 = 0.0f;
  float o[HEAD / 8][4];
#pragma unroll
  for (int i = 0; i < HEAD / 8; i++) o[i][0] = o[i][1] = o[i][2] = o[i][3] = 0.0f;
  for (int from = begin + warp * 16; from < end; from += 64) {
    Words k0[HEAD / 64], k1[HEAD / 64], v[HEAD / 32];
    u16 width_of[HEAD / 32];
    float w0[2], w1[2];
    int row0 = min(from + g, total - 1), row1 = min(from + g + 8, total - 1);
#pragma unroll
    for (int i = 0; i < HEAD / 64; i++) {
      k0[i] = *(const Words*)(keys + (i64)row0 * HEAD + t * 16 + i * 64);
      k1[i] = *(const Words*)(keys + (i64)row1 * HEAD + t * 16 + i * 64);
    }
#pragma unroll
    for (int i = 0; i < HEAD / 32; i++) {
      int at = lane + i * 32, row = min(from + at / (HEAD / 16), total - 1), d = at % (HEAD / 16);
      v[i] = *(const Words*)(values + (i64)row * HEAD + d * 16);
      width_of[i] = value_scales[row];
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
      w0[i] = to_float(key_scales[min(from + 2 * t + i, total - 1)]) * scale;
      w1[i] = to_float(key_scales[min(from + 8 + 2 * t + i, total - 1)]) * scale;
    }
    float s0[4] = { 0, 0, 0, 0 }, s1[4] = { 0, 0, 0, 0 };
#pragma unroll
    for (int i = 0; i < HEAD / 64; i++) {
      u32 a[4], b[4];
      const Words &qa0 = qa[2 * i], &qb0 = qb[2 * i], &qa1 = qa[2 * i + 1], &qb1 = qb[2 * i + 1];
      codes8(k0[i].x, k0[i].y, a);
      codes8(k0[i].z, k0[i].w, b);
      mma(s0, qa0.x, qb0.x, qa0.y, qb0.y, a[0], a[1]);
      mma(s0, qa0.z, qb0.z, qa0.w, qb0.w, a[2], a[3]);
      mma(s0, qa1.x, qb1.x, qa1.y, qb1.y, b[0], b[1]);
      mma(s0, qa1.z, qb1.z, qa1.w, qb1.w, b[2], b[3]);
      codes8(k1[i].x, k1[i].y, a);
      codes8(k1[i].z, k1[i].w, b);
      mma(s1, qa0.x, qb0.x, qa0.y, qb0.y, a[0], a[1]);
      mma(s1, qa0.z, qb0.z, qa0.w, qb0.w, a[2], a[3]);
      mma(s1, qa1.x, qb1.x, qa1.y, qb1.y, b[0], b[1]);
      mma(s1, qa1.z, qb1.z, qa1.w, qb1.w, b[2], b[3]);
    }
#pragma unroll
    for (int i = 0; i < HEAD / 32; i++) {
      int at = lane + i * 32;
      u32 pair = (u32)width_of[i] * 0x10001u;
      Words* to = (Words*)&tile[warp][at / (HEAD / 16)][at % (HEAD / 16) * 16];
      u32 h[4];
      decode8(v[i].x, v[i].y, pair, h);
      to[0] = { h[0], h[1], h[2], h[3] };
      decode8(v[i].z, v[i].w, pair, h);
      to[1] = { h[0], h[1], h[2], h[3] };
    }
    __syncwarp();
    float best0 = top0, best1 = top1;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int column = from + 2 * t + (i & 1), seen = i < 2 ? seen0 : seen1;
      s0[i] = column < min(end, seen) ? s0[i] * w0[i & 1] : -1e30f;
      s1[i] = column + 8 < min(end, seen) ? s1[i] * w1[i & 1] : -1e30f;
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
  for (int row = warp; row < (ends - begins) * group; row += 4) {
    float best = fmaxf(fmaxf(tops[0][row], tops[1][row]), fmaxf(tops[2][row], tops[3][row]));
    float w[4], sum = 0.0f;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      w[i] = __expf(tops[i][row] - best);
      sum += w[i] * totals[i][row];
    }
    i64 at = ((i64)(begins - first + row / group) * heads + head * group + row % group) * splits + split;
    for (int d = lane; d < HEAD; d += 32)
      partial[at * HEAD + d] = w[0] * sums[0][row][d] + w[1] * sums[1][row][d] + w[2] * sums[2][row][d] + w[3] * sums[3][row][d];
    if (lane == 0) {
      marks[at * 2] = best;
      marks[at * 2 + 1] = sum;
    }
  }
}

/** One head's sums of all splits, of each token of the launch: grid [query heads, tokens of the launch], HEAD threads. `per` tokens are a tile. */
extern "C" __global__ void __launch_bounds__(HEAD)
merge_tokens(u16* y, const float* partial, const float* marks, const int* last, int heads, int splits, int tokens, int first, int per) {
  __shared__ float weights[256];
  __shared__ float factor;
  int head = blockIdx.x, token = blockIdx.y, d = threadIdx.x;
  let_next_start();
  wait_for_previous();
  int total = *last + 1 - tokens + min(first + (token / per + 1) * per, tokens);
  int span = ((total + splits - 1) / splits + SPLIT_KEYS - 1) / SPLIT_KEYS * SPLIT_KEYS;
  int used = (total + span - 1) / span;
  i64 row = (i64)token * heads + head;
  const float* mark = marks + row * splits * 2;
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
  for (int i = 0; i < used; i++) v += weights[i] * partial[(row * splits + i) * HEAD + d];
  y[((i64)(first + token) * heads + head) * HEAD + d] = to_half(v * factor);
}
