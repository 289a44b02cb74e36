// Products of many rows in 8-bit floats (e4m3: 4 bits of exponent, 3 of mantissa), for which tensor cores are twice as fast as for halves and weights take half the
// memory. cuBLASLt multiplies (cublas-lt.ts); here is what goes around it. For GPUs of compute capability 8.9 and later.
//
// Rows of activations and rows of weights, which are columns of the result, have a factor each: value = e4m3 * factor. The product is made smaller by SHRINK, so that no
// sum of k products of two e4m3 is beyond a half, and the factors of activations are larger by as much.

/** The largest e4m3. */
#define MOST 448.0f
#define SHRINK 65536.0f

DEVICE u32 float8(u32 pair) { u16 d; asm("cvt.rn.satfinite.e4m3x2.f16x2 %0, %1;" : "=h"(d) : "r"(pair)); return d; }
DEVICE u32 float8(float a, float b) { u16 d; asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(d) : "f"(b), "f"(a)); return d; }
DEVICE u32 float8(float a, float b, float c, float d) { return float8(a, b) | float8(c, d) << 16; }

/** The greatest of all threads' values, for each of them. */
template <int WARPS> DEVICE float greatest(float value) {
  __shared__ float of_warps[WARPS];
  for (int i = 16; i > 0; i >>= 1) value = fmaxf(value, __shfl_xor_sync(FULL, value, i));
  if ((threadIdx.x & 31) == 0) of_warps[threadIdx.x >> 5] = value;
  __syncthreads();
  value = of_warps[0];
#pragma unroll
  for (int i = 1; i < WARPS; i++) value = fmaxf(value, of_warps[i]);
  return value;
}

/** A row of k 4-bit codes with a scale for each BLOCK of them as e4m3, a block of threads to a row: 32 codes a thread at a time. */
extern "C" __global__ void __launch_bounds__(128) weights_float8(Words* y, float* factors, const Words* codes, const u16* scales, int k) {
  let_next_start();
  wait_for_previous();
  i64 row = blockIdx.x;
  int groups = k / BLOCK, units = k / 32;
  const u16* mine = scales + row * groups;
  float most = 0.0f;
  for (int i = threadIdx.x; i < groups; i += 128) most = fmaxf(most, fabsf(to_float(load_scale(mine + i))));
  // Codes less their zero point are -8 to 7.
  float factor = greatest<4>(most) * (8.0f / MOST), inverse = factor > 0.0f ? 1.0f / factor : 0.0f;
  if (threadIdx.x == 0) factors[row] = factor;
  for (int i = threadIdx.x; i < units; i += 128) {
    Words from = codes[row * units + i];
    u32 w[4] = { from.x, from.y, from.z, from.w }, to[8];
    u32 scale = to_half(to_float(load_scale(mine + i * 32 / BLOCK)) * inverse) * 0x10001u;
#pragma unroll
    for (int j = 0; j < 4; j++) {
      u32 p[4];
      decode4(w[j], scale, p);
      to[2 * j] = float8(permute(p[0], p[1], 0x5410)) | float8(permute(p[2], p[3], 0x5410)) << 16;
      to[2 * j + 1] = float8(permute(p[0], p[1], 0x7632)) | float8(permute(p[2], p[3], 0x7632)) << 16;
    }
    y[2 * (row * units + i)] = Words { to[0], to[1], to[2], to[3] };
    y[2 * (row * units + i) + 1] = Words { to[4], to[5], to[6], to[7] };
  }
}

/** A row of k halves as e4m3, a block of threads to a row: 16 a thread at a time. */
extern "C" __global__ void __launch_bounds__(256) values_float8(Words* y, float* factors, const Words* x, int k) {
  let_next_start();
  wait_for_previous();
  i64 row = blockIdx.x;
  int eights = k / 8;
  const Words* mine = x + row * eights;
  float most = 0.0f;
  for (int i = threadIdx.x; i < eights; i += 256) {
    float f[8];
    unpack(mine[i], f);
#pragma unroll
    for (int j = 0; j < 8; j++) most = fmaxf(most, fabsf(f[j]));
  }
  float factor = greatest<8>(most) * (1.0f / MOST), inverse = factor > 0.0f ? 1.0f / factor : 0.0f;
  if (threadIdx.x == 0) factors[row] = factor * SHRINK;
  for (int i = threadIdx.x; i < eights / 2; i += 256) {
    float f[8], g[8];
    unpack(mine[2 * i], f);
    unpack(mine[2 * i + 1], g);
#pragma unroll
    for (int j = 0; j < 8; j++) {
      f[j] *= inverse;
      g[j] *= inverse;
    }
    y[row * (eights / 2) + i] = Words {
      float8(f[0], f[1], f[2], f[3]), float8(f[4], f[5], f[6], f[7]), float8(g[0], g[1], g[2], g[3]), float8(g[4], g[5], g[6], g[7]),
    };
  }
}

/** y[m, n] = y[m, n] rows[m] columns[n] + bias[n], its Gelu where `activate`; a block of threads to a row. */
extern "C" __global__ void __launch_bounds__(256)
scale_product(Words* y, const float* rows, const float* columns, const Words* bias, int activate, int n) {
  let_next_start();
  wait_for_previous();
  float factor = rows[blockIdx.x];
  Words* mine = y + (i64)blockIdx.x * (n / 8);
  for (int i = threadIdx.x; i < n / 8; i += 256) {
    float f[8], b[8] = {};
    unpack(mine[i], f);
    if (bias) unpack(bias[i], b);
#pragma unroll
    for (int j = 0; j < 8; j++) {
      f[j] = f[j] * (factor * columns[8 * i + j]) + b[j];
      if (activate) f[j] = to_float(gelu(to_half(f[j])));
    }
    mine[i] = repack(f);
  }
}

/** y = silu(y gate) * (up of the same row), both scaled first; a block of threads to a row. */
extern "C" __global__ void __launch_bounds__(256)
gate_product(Words* y, const Words* up, const float* rows, const float* columns, const float* up_columns, int n) {
  let_next_start();
  wait_for_previous();
  float factor = rows[blockIdx.x];
  i64 from = (i64)blockIdx.x * (n / 8);
  for (int i = threadIdx.x; i < n / 8; i += 256) {
    float f[8], g[8];
    unpack(y[from + i], f);
    unpack(up[from + i], g);
#pragma unroll
    for (int j = 0; j < 8; j++) {
      u16 gate = to_half(f[j] * (factor * columns[8 * i + j]));
      f[j] = to_float(silu_times(gate, to_half(g[j] * (factor * up_columns[8 * i + j]))));
    }
    y[from + i] = repack(f);
  }
}
