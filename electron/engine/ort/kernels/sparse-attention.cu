// Block-routed sparse attention (models/README.md section 5) of rows to each other, for blocks of 16 keys and of 64 queries. Heads have HEAD values, each 64 or 128;
// rows are [rows, heads * HEAD], keys and queries turned. A block of threads is one head's block of queries: it scores the means of all key blocks by that of its
// queries, finds the best, and reads those alone, as flash attention reads all.

#define KEYS 16
#define QUERIES 64
/** Keys that are computed with at once, and blocks of threads that share a multiprocessor: measured on an H100. */
#define TILE (HEAD == 64 ? 64 : 32)
#define TOGETHER (HEAD == 64 ? 4 : 3)
/** Sixteen bytes each, of a row. */
#define CHUNKS (HEAD / 8)
/** Of a lane's own values of a row: its t-th eight of each 32. */
#define HEAD_CHUNKS (HEAD / 32)

/** Two tiles of keys and of values, then a mark of each key block, then the numbers of those that are read. */
extern __shared__ Words shared[];

/** k [rows, heads * HEAD] -> means [heads, blocks, HEAD], blocks = rows / KEYS: blocks of 256 threads, a thread for eight values of a mean. */
extern "C" __global__ void __launch_bounds__(256)
block_means(u16* means, const u16* k, int heads, int blocks) {
  wait_for_previous();
  // Not before: what comes next reads k, too, before it waits.
  let_next_start();
  int width = heads * CHUNKS, at = blockIdx.x * 256 + threadIdx.x;
  if (at >= blocks * width) return;
  int block = at / width, column = at % width;
  const Words* from = (const Words*)k + (i64)block * KEYS * width + column;
  Words rows[KEYS];
#pragma unroll
  for (int i = 0; i < KEYS; i++) rows[i] = from[(i64)i * width];
  float sum[8] = { 0, 0, 0, 0, 0, 0, 0, 0 }, f[8];
#pragma unroll
  for (int i = 0; i < KEYS; i++) {
    unpack(rows[i], f);
#pragma unroll
    for (int j = 0; j < 8; j++) sum[j] += f[j];
  }
#pragma unroll
  for (int j = 0; j < 8; j++) sum[j] *= 1.0f / KEYS;
  ((Words*)means)[((i64)(column / CHUNKS) * blocks + block) * CHUNKS + column % CHUNKS] = repack(sum);
}

/** A number that is larger where the score is, and above 0. */
DEVICE u32 mark_of(float score) {
  u32 bits = __float_as_uint(score);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

/** Of one warp: writes the numbers of the `count` largest marks to `list`, in ascending order; of equal ones the first. There are as many above 0. */
DEVICE void write_best(int* list, const u32* marks, int blocks, int count) {
  int lane = threadIdx.x & 31;
  // The largest number that as many marks reach.
  u32 least = 0;
  for (int bit = 31; bit >= 0; bit--) {
    u32 tried = least | 1u << bit;
    u32 reached = 0;
    for (int i = lane; i < blocks; i += 32) reached += marks[i] >= tried;
    reached = __reduce_add_sync(FULL, reached);
    if (reached >= (u32)count) least = tried;
    if (reached == (u32)count) break;
  }
  u32 above = 0;
  for (int i = lane; i < blocks; i += 32) above += marks[i] > least;
  int equal = count - (int)__reduce_add_sync(FULL, above);
  for (int from = 0; from < blocks; from += 32) {
    u32 before = (1u << lane) - 1, mark = from + lane < blocks ? marks[from + lane] : 0;
    u32 same = __ballot_sync(FULL, mark == least);
    bool taken = mark > least || (mark == least && __popc(same & before) < equal);
    u32 all = __ballot_sync(FULL, taken);
    if (taken) list[__popc(all & before)] = from + lane;
    list += __popc(all);
    equal -= min(equal, __popc(same));
  }
}

/** What a block of queries reads: `keys` of the blocks in `list`, whole but for the last. */
struct Seen { const int* list; int keys; const u16 *k, *v; i64 stride; };

/** Begins to copy tile `tile` of keys and values to shared memory; their sixteens lie so that neither copies nor reads meet in a bank. */
DEVICE void copy_tile(const Seen& seen, u32 to, int tile) {
#pragma unroll
  for (int i = 0; i < TILE * CHUNKS / 128; i++) {
    int row = (threadIdx.x + i * 128) / CHUNKS, column = threadIdx.x % CHUNKS, key = tile * TILE + row;
    // What is beyond the last is not looked at, but must hold numbers.
    i64 from = key < seen.keys ? seen.list[key / KEYS] * KEYS + key % KEYS : seen.list[0] * KEYS;
    from = from * seen.stride + column * 8;
    copy_ahead(to + (row * CHUNKS + (column ^ (row & 1) << 2)) * 16, seen.k + from);
    copy_ahead(to + ((TILE + row) * CHUNKS + (column ^ row & 7)) * 16, seen.v + from);
  }
  commit();
}

/**
 * y, q, k, v [rows, heads * HEAD]: grid [blocks of queries, heads], 128 threads, each warp 16 queries. `chosen` key blocks are read of the rows / KEYS, among them all
 * that have a row within `window` of the queries, and the first; and the rows after the last. Shared memory: 4 * TILE rows, 8 bytes for each key block, 16 more.
 */
extern "C" __global__ void __launch_bounds__(128, TOGETHER)
attend_blocks(u16* y, const u16* q, const u16* k, const u16* v, const u16* means, int rows, int heads, int chosen, int window, float scale) {
  __shared__ float sums[4][HEAD];
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, g = lane >> 2, t = lane & 3;
  int group = blockIdx.x, head = blockIdx.y, blocks = rows / KEYS, around = (window + KEYS - 1) / KEYS;
  u32* marks = (u32*)(shared + 4 * TILE * CHUNKS);
  int* list = (int*)(marks + blocks);
  i64 stride = (i64)heads * HEAD;
  const u32 ring = shared_address(shared), stage = 2 * TILE * CHUNKS * 16;

  // Those that need no score stand first.
  int first = max(0, group * (QUERIES / KEYS) - around), end = min(blocks, (group + 1) * (QUERIES / KEYS) + around);
  int near = max(0, end - first), forced = near + (first > 0);
  if (threadIdx.x < near) list[threadIdx.x] = first + threadIdx.x;
  if (threadIdx.x == 0) {
    if (first > 0) list[near] = 0;
    list[chosen] = blocks;
  }
  Seen seen = { list, chosen * KEYS + rows % KEYS, k + head * HEAD, v + head * HEAD, stride };
  int row0 = group * QUERIES + warp * 16 + g, row1 = row0 + 8;
  Words qa[HEAD_CHUNKS], qb[HEAD_CHUNKS];
#pragma unroll
  for (int i = 0; i < HEAD_CHUNKS; i++) {
    qa[i] = qb[i] = { 0, 0, 0, 0 };
    int column = head * HEAD + t * 8 + i * 32;
    if (row0 < rows) qa[i] = *(const Words*)(q + row0 * stride + column);
    if (row1 < rows) qb[i] = *(const Words*)(q + row1 * stride + column);
  }
  __syncthreads();
  // The first tile comes while the rest is chosen.
  bool begun = forced >= TILE / KEYS;
  if (begun) copy_tile(seen, ring, 0);

  if (chosen > forced) {
    // The queries' mean, as 16 equal rows of a product.
    Words mean[HEAD_CHUNKS];
#pragma unroll
    for (int i = 0; i < HEAD_CHUNKS; i++) {
      float a[8], b[8];
      unpack(qa[i], a);
      unpack(qb[i], b);
#pragma unroll
      for (int j = 0; j < 8; j++) {
        a[j] += b[j];
        a[j] += __shfl_xor_sync(FULL, a[j], 4);
        a[j] += __shfl_xor_sync(FULL, a[j], 8);
        a[j] += __shfl_xor_sync(FULL, a[j], 16);
        if (g == 0) sums[warp][t * 8 + i * 32 + j] = a[j];
      }
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < HEAD_CHUNKS; i++) {
      float f[8];
#pragma unroll
      for (int j = 0; j < 8; j++) {
        int d = t * 8 + i * 32 + j;
        f[j] = (sums[0][d] + sums[1][d] + sums[2][d] + sums[3][d]) * (1.0f / QUERIES);
      }
      mean[i] = repack(f);
    }
    wait_for_previous();
    const u16* of = means + (i64)head * blocks * HEAD + t * 8;
#pragma unroll 4
    for (int from = warp * 8; from < blocks; from += 32) {
      const u16* key = of + (i64)min(from + g, blocks - 1) * HEAD;
      float s[4] = { 0, 0, 0, 0 };
#pragma unroll
      for (int i = 0; i < HEAD_CHUNKS; i++) {
        Words b = *(const Words*)(key + i * 32);
        mma(s, mean[i].x, mean[i].x, mean[i].y, mean[i].y, b.x, b.y);
        mma(s, mean[i].z, mean[i].z, mean[i].w, mean[i].w, b.z, b.w);
      }
      int at = from + 2 * t;
#pragma unroll
      for (int j = 0; j < 2; j++)
        if (g == 0 && at + j < blocks) marks[at + j] = at + j == 0 || (at + j >= first && at + j < end) ? 0 : mark_of(s[j]);
    }
    __syncthreads();
    if (warp == 0) write_best(list + forced, marks, blocks, chosen - forced);
    __syncthreads();
  } else
    wait_for_previous();
  if (!begun) copy_tile(seen, ring, 0);

  float top0 = -1e30f, top1 = -1e30f, total0 = 0.0f, total1 = 0.0f;
  float o[HEAD / 8][4];
#pragma unroll
  for (int i = 0; i < HEAD / 8; i++) o[i][0] = o[i][1] = o[i][2] = o[i][3] = 0.0f;
  int tiles = (seen.keys + TILE - 1) / TILE;
  for (int tile = 0; tile < tiles; tile++) {
    u32 keys = ring + (tile & 1) * stage, values = keys + TILE * CHUNKS * 16;
    wait_for_all_but<0>();
    // Also: everybody has read the other tile.
    __syncthreads();
    if (tile + 1 < tiles) copy_tile(seen, ring + (tile + 1 & 1) * stage, tile + 1);
    float s[TILE / 8][4];
#pragma unroll
    for (int j = 0; j < TILE / 8; j++) {
      s[j][0] = s[j][1] = s[j][2] = s[j][3] = 0.0f;
#pragma unroll
      for (int i = 0; i < HEAD_CHUNKS; i++) {
        Words b = load_shared(keys + ((j * 8 + g) * CHUNKS + (t + 4 * i ^ (g & 1) << 2)) * 16);
        mma(s[j], qa[i].x, qb[i].x, qa[i].y, qb[i].y, b.x, b.y);
        mma(s[j], qa[i].z, qb[i].z, qa[i].w, qb[i].w, b.z, b.w);
      }
    }
    if ((tile + 1) * TILE > seen.keys) {
#pragma unroll
      for (int j = 0; j < TILE / 8; j++)
#pragma unroll
        for (int i = 0; i < 4; i++)
          if (tile * TILE + j * 8 + 2 * t + (i & 1) >= seen.keys) s[j][i] = -1e30f;
    }
    float best0 = top0, best1 = top1;
#pragma unroll
    for (int j = 0; j < TILE / 8; j++) {
      best0 = fmaxf(best0, fmaxf(s[j][0], s[j][1]));
      best1 = fmaxf(best1, fmaxf(s[j][2], s[j][3]));
    }
    best0 = fmaxf(best0, __shfl_xor_sync(FULL, best0, 1));
    best0 = fmaxf(best0, __shfl_xor_sync(FULL, best0, 2));
    best1 = fmaxf(best1, __shfl_xor_sync(FULL, best1, 1));
    best1 = fmaxf(best1, __shfl_xor_sync(FULL, best1, 2));
    float keep0 = __expf((top0 - best0) * scale), keep1 = __expf((top1 - best1) * scale);
    top0 = best0;
    top1 = best1;
    float sum0 = 0.0f, sum1 = 0.0f;
#pragma unroll
    for (int j = 0; j < TILE / 8; j++) {
      s[j][0] = __expf((s[j][0] - best0) * scale);
      s[j][1] = __expf((s[j][1] - best0) * scale);
      s[j][2] = __expf((s[j][2] - best1) * scale);
      s[j][3] = __expf((s[j][3] - best1) * scale);
      sum0 += s[j][0] + s[j][1];
      sum1 += s[j][2] + s[j][3];
    }
    total0 = total0 * keep0 + sum0;
    total1 = total1 * keep1 + sum1;
#pragma unroll
    for (int i = 0; i < HEAD / 8; i++) {
      o[i][0] *= keep0;
      o[i][1] *= keep0;
      o[i][2] *= keep1;
      o[i][3] *= keep1;
    }
#pragma unroll
    for (int j = 0; j < TILE / 16; j++) {
      u32 a0 = pack(s[2 * j][0], s[2 * j][1]), a1 = pack(s[2 * j][2], s[2 * j][3]);
      u32 a2 = pack(s[2 * j + 1][0], s[2 * j + 1][1]), a3 = pack(s[2 * j + 1][2], s[2 * j + 1][3]);
      u32 row = values + (j * 16 + (lane & 15)) * CHUNKS * 16;
#pragma unroll
      for (int i = 0; i < HEAD / 16; i++) {
        u32 b0, b1, b2, b3;
        load_transposed(row + (2 * i + (lane >> 4) ^ lane & 7) * 16, b0, b1, b2, b3);
        mma(o[2 * i], a0, a1, a2, a3, b0, b1);
        mma(o[2 * i + 1], a0, a1, a2, a3, b2, b3);
      }
    }
  }
  total0 += __shfl_xor_sync(FULL, total0, 1);
  total0 += __shfl_xor_sync(FULL, total0, 2);
  total1 += __shfl_xor_sync(FULL, total1, 1);
  total1 += __shfl_xor_sync(FULL, total1, 2);
  float factor0 = 1.0f / total0, factor1 = 1.0f / total1;
  // By way of shared memory, for whole sixteens of a row.
  __syncthreads();
  u32* out = (u32*)(shared + warp * 16 * CHUNKS);
#pragma unroll
  for (int i = 0; i < CHUNKS; i++) {
    out[(g * CHUNKS + (i ^ g & 7)) * 4 + t] = pack(o[i][0] * factor0, o[i][1] * factor0);
    out[((g + 8) * CHUNKS + (i ^ g & 7)) * 4 + t] = pack(o[i][2] * factor1, o[i][3] * factor1);
  }
  __syncwarp();
#pragma unroll
  for (int i = 0; i < CHUNKS / 2; i++) {
    int at = lane + i * 32, row = at / CHUNKS, column = at % CHUNKS, to = group * QUERIES + warp * 16 + row;
    if (to < rows) *(Words*)(y + to * stride + head * HEAD + column * 8) = ((const Words*)out)[row * CHUNKS + (column ^ row & 7)];
  }
}
