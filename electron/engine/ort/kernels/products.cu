// Products of one row of activations, or of a few, with a matrix of BITS-bit codes that have a scale for each BLOCK of them (MatMulNBits).
//
// Each weight is read once, so they are as fast as memory: `mma` takes 16 rows of weights as its left side, decoded to half and scaled as ORT's dequantization does,
// and up to 8 rows of activations as its right side, which cost hardly more than one.

/** What one lane reads at a time: 16 bytes of codes of one row, which one scale goes for. */
#define UNIT (128 / BITS)
#define EIGHTS (UNIT / 8)

DEVICE u32 word(const Words& v, int i) { return i == 0 ? v.x : i == 1 ? v.y : i == 2 ? v.z : v.w; }
/** As many bytes as the launch asks for: the streams' places, then the activations. */
extern __shared__ Words shared[];

/** Puts rows of activations into shared memory, in eights as the codes of a word come out: [row][eight of a unit][unit], 16 bytes each. */
DEVICE void stage(Words* to, const Words* x, int rows, int units, int stride) {
  int eights = units * EIGHTS;
  for (int i = threadIdx.x; i < rows * eights; i += blockDim.x) {
    int row = i / eights, at = i - row * eights;
    Words v = x[i];
#if BITS == 4
    v = Words { permute(v.x, v.z, 0x5410), permute(v.x, v.z, 0x7632), permute(v.y, v.w, 0x5410), permute(v.y, v.w, 0x7632) };
#endif
    to[row * stride + at % EIGHTS * units + at / EIGHTS] = v;
  }
}

/**
 * A lane's way through two rows of a matrix of codes [n, k]: one unit of each at a time, AHEAD of them asked for in advance, through places of shared
 * memory that are the lane's own. So no registers wait for them and no barrier is needed.
 */
template <int AHEAD> struct Stream {
  const u8 *codes0, *codes1;
  const u16 *scales0, *scales1;
  u32 ring;
  u32 scale[AHEAD];

  __device__ __forceinline__ void open(const u8* codes, const u16* scales, i64 row0, i64 row1, int units, Words* place) {
    int groups = units * UNIT / BLOCK;
    codes0 = codes + row0 * units * 16;
    codes1 = codes + row1 * units * 16;
    scales0 = scales + row0 * groups;
    scales1 = scales + row1 * groups;
    ring = shared_address(place);
  }
  __device__ __forceinline__ void ask(int slot, int unit, int units) {
    bool there = unit < units;
    if (!there) unit = units - 1;
    copy_ahead(ring + slot * 1024, codes0 + unit * 16);
    copy_ahead(ring + slot * 1024 + 512, codes1 + unit * 16);
    u32 a = load_scale(scales0 + unit * UNIT / BLOCK), b = load_scale(scales1 + unit * UNIT / BLOCK);
    scale[slot] = there ? a | b << 16 : 0;
  }
  /** c += the codes of a slot times `x`, the activations of the same unit. */
  __device__ __forceinline__ void multiply(float* c, int slot, const Words* x, int units) {
    u32 sa = permute(scale[slot], 0, 0x1010), sb = permute(scale[slot], 0, 0x3232);
    Words a = load_shared(ring + slot * 1024), b = load_shared(ring + slot * 1024 + 512);
#pragma unroll
    for (int i = 0; i < EIGHTS; i++) {
      Words v = x[i * units];
      u32 p[4], q[4];
#if BITS == 4
      decode4(word(a, i), sa, p);
      decode4(word(b, i), sb, q);
#else
      decode8(word(a, 2 * i), word(a, 2 * i + 1), sa, p);
      decode8(word(b, 2 * i), word(b, 2 * i + 1), sb, q);
#endif
      mma(c, p[0], q[0], p[1], q[1], v.x, v.y);
      mma(c, p[2], q[2], p[3], q[3], v.z, v.w);
    }
  }
};

/**
 * What both products share: MATRICES matrices of n rows times x, 16 of the n for each block of threads, whose WARPS share the k. Leaves the warps' sums of
 * [matrix][warp][n][m] in shared memory. Weights are asked for before the kernel that makes x has ended.
 */
template <int MATRICES, int WARPS, int AHEAD>
DEVICE void multiply_rows(float (*sums)[WARPS][16][9], const u8* const* codes, const u16* const* scales, const Words* x, int rows, int n, int k) {
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, g = lane >> 2, t = lane & 3;
  int units = k / UNIT, stride = units * EIGHTS + 4;
  i64 row0 = min((int)blockIdx.x * 16 + g, n - 1), row1 = min((int)blockIdx.x * 16 + g + 8, n - 1);
  const int places = AHEAD * 64;
  Stream<AHEAD> streams[MATRICES];
#pragma unroll
  for (int j = 0; j < MATRICES; j++) streams[j].open(codes[j], scales[j], row0, row1, units, shared + (warp * MATRICES + j) * places + lane);
  Words* activations = shared + WARPS * MATRICES * places;
#pragma unroll
  for (int i = 0; i < AHEAD; i++) {
#pragma unroll
    for (int j = 0; j < MATRICES; j++) streams[j].ask(i, (warp + i * WARPS) * 4 + t, units);
    commit();
  }
  let_next_start();
  wait_for_previous();
  stage(activations, x, rows, units, stride);
  __syncthreads();
  const Words* mine = activations + min(g, rows - 1) * stride;
  float c[MATRICES][4] = {};
  for (int from = warp * 4; from < units; from += WARPS * AHEAD * 4) {
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      int unit = from + i * WARPS * 4 + t, next = unit + WARPS * AHEAD * 4;
      wait_for_all_but<AHEAD - 1>();
#pragma unroll
      for (int j = 0; j < MATRICES; j++) streams[j].multiply(c[j], i, mine + min(unit, units - 1), units);
#pragma unroll
      for (int j = 0; j < MATRICES; j++) {
        if (next - t < units) streams[j].ask(i, next, units);
        else streams[j].scale[i] = 0;
      }
      commit();
    }
  }
#pragma unroll
  for (int j = 0; j < MATRICES; j++)
#pragma unroll
    for (int i = 0; i < 4; i++) sums[j][warp][g + (i >> 1) * 8][2 * t + (i & 1)] = c[j][i];
  __syncthreads();
}

/** y[m, n] = sum over k of x[m, k] w[n, k] + bias[n], for up to 8 rows m; its Gelu where `activate`. */
template <int WARPS, int AHEAD>
DEVICE void product(u16* y, const Words* x, const u8* codes, const u16* scales, const u16* bias, int activate, int rows, int n, int k) {
  __shared__ float sums[1][WARPS][16][9];
  multiply_rows<1, WARPS, AHEAD>(sums, &codes, &scales, x, rows, n, k);
  for (int i = threadIdx.x; i < 16 * rows; i += WARPS * 32) {
    int column = blockIdx.x * 16 + (i & 15), m = i >> 4;
    if (column < n) {
      float sum = bias ? to_float(bias[column]) : 0.0f;
#pragma unroll
      for (int w = 0; w < WARPS; w++) sum += sums[0][w][i & 15][m];
      y[(i64)m * n + column] = activate ? gelu(to_half(sum)) : to_half(sum);
    }
  }
}

#define PRODUCT(NAME, WARPS, AHEAD, BLOCKS) \
  extern "C" __global__ void __launch_bounds__(WARPS * 32, BLOCKS) NAME( \
      u16* y, const Words* x, const u8* codes, const u16* scales, const u16* bias, int activate, int rows, int n, int k) { \
    product<WARPS, AHEAD>(y, x, codes, scales, bias, activate, rows, n, k); \
  }
PRODUCT(product_usual, 8, 4, 4)
// Where there are very many n, blocks of threads come one after the other and less of each need be on its way.
PRODUCT(product_wide, 8, 2, 4)
// Where k is large.
PRODUCT(product_deep, 16, 2, 2)

/** y = silu(x gate) * (x up), rounded to half after each step, as apart. */
extern "C" __global__ void __launch_bounds__(256, 4)
gated_product(u16* y, const Words* x, const u8* gate, const u16* gate_scales, const u8* up, const u16* up_scales, int rows, int n, int k) {
  __shared__ float sums[2][8][16][9];
  const u8* codes[2] = { gate, up };
  const u16* scales[2] = { gate_scales, up_scales };
  multiply_rows<2, 8, 2>(sums, codes, scales, x, rows, n, k);
  for (int i = threadIdx.x; i < 16 * rows; i += 256) {
    int column = blockIdx.x * 16 + (i & 15), m = i >> 4;
    if (column < n) {
      float p = 0.0f, q = 0.0f;
#pragma unroll
      for (int w = 0; w < 8; w++) {
        p += sums[0][w][i & 15][m];
        q += sums[1][w][i & 15][m];
      }
      y[(i64)m * n + column] = silu_times(to_half(p), to_half(q));
    }
  }
}

// What goes around ORT's own product where there are more rows.

/** y[m, n] += bias[n], in pairs. */
extern "C" __global__ void add_bias(u32* y, const u32* bias, int pairs, int total) {
  let_next_start();
  wait_for_previous();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < total; i += gridDim.x * blockDim.x) y[i] = add2(y[i], bias[i % pairs]);
}

/** y = Gelu(y), in pairs. */
extern "C" __global__ void activate_values(u32* y, int total) {
  let_next_start();
  wait_for_previous();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < total; i += gridDim.x * blockDim.x) {
    u32 v = y[i];
    y[i] = gelu(v & 0xffff) | (u32)gelu(v >> 16) << 16;
  }
}

/** y = silu(y) * up, in pairs. */
extern "C" __global__ void gate_values(u32* y, const u32* up, int total) {
  let_next_start();
  wait_for_previous();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < total; i += gridDim.x * blockDim.x) {
    u32 g = y[i], u = up[i];
    y[i] = silu_times(g & 0xffff, u & 0xffff) | (u32)silu_times(g >> 16, u >> 16) << 16;
  }
}

/** Weights as halves [n, k], eight to a thread, for a product of tensor cores over many rows. */
extern "C" __global__ void decode_weights(Words* y, const u32* codes, const u16* scales, i64 eights) {
  let_next_start();
  wait_for_previous();
  for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < eights; i += gridDim.x * (i64)blockDim.x) {
    u32 scale = load_scale(scales + i * 8 / BLOCK) * 0x10001u, p[4];
#if BITS == 4
    decode4(codes[i], scale, p);
    y[i] = Words { permute(p[0], p[1], 0x5410), permute(p[2], p[3], 0x5410), permute(p[0], p[1], 0x7632), permute(p[2], p[3], 0x7632) };
#else
    decode8(codes[2 * i], codes[2 * i + 1], scale, p);
    y[i] = Words { p[0], p[1], p[2], p[3] };
#endif
  }
}
