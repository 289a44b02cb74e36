// A GPU on the processor, for tests of kernels without one: a block's threads are coroutines that take turns, its warps meet at shuffles, tensor cores' products and
// `ldmatrix`, whose fragments lie in the lanes as PTX's manual says. In the place of what common.cu has in assembly. One block runs at a time.
#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

using std::max;
using std::min;

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;
struct alignas(16) Words { u32 x, y, z, w; };

#define FULL 0xffffffffu
#define DEVICE static inline
#define __global__
#define __shared__ static
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...)
#define __expf expf

struct Coroutine {
  ucontext_t context;
  jmp_buf place;
  bool begun, done;
  char stack[1 << 16];
};
/** Those who have come to a place where all must. */
struct Meeting { int here, round; };
struct Index { int x, y; };

static Coroutine coroutines[1024];
static int threads_of_block;
static jmp_buf scheduler;
static int running;
static Meeting block_meeting, warp_meetings[32];
static std::function<void()> body;
static Index blockIdx, gridDim;
#define threadIdx (Index{running, 0})

// Without the two system calls that swapcontext makes for the signals' mask.
static void pause_here() {
  if (_setjmp(coroutines[running].place) == 0) _longjmp(scheduler, 1);
}
static void resume(Coroutine& one) {
  if (_setjmp(scheduler) != 0) return;
  if (one.begun) _longjmp(one.place, 1);
  one.begun = true;
  setcontext(&one.context);
}
static void meet(Meeting& meeting, int all) {
  int round = meeting.round;
  if (++meeting.here == all) {
    meeting.here = 0;
    meeting.round++;
  } else
    while (meeting.round == round) pause_here();
}
static void begin() {
  body();
  coroutines[running].done = true;
  for (;;) pause_here();
}
static void launch(int width, int height, int threads, std::function<void()> kernel) {
  gridDim = {width, height};
  body = kernel;
  for (blockIdx.y = 0; blockIdx.y < height; blockIdx.y++)
    for (blockIdx.x = 0; blockIdx.x < width; blockIdx.x++) {
      threads_of_block = threads;
      block_meeting = {};
      for (Meeting& meeting : warp_meetings) meeting = {};
      for (int i = 0; i < threads; i++) {
        Coroutine& one = coroutines[i];
        one.begun = one.done = false;
        getcontext(&one.context);
        one.context.uc_stack.ss_sp = one.stack;
        one.context.uc_stack.ss_size = sizeof one.stack;
        makecontext(&one.context, begin, 0);
      }
      bool any = true;
      for (int rounds = 0; any; rounds++) {
        any = false;
        for (running = 0; running < threads; running++)
          if (!coroutines[running].done) {
            any = true;
            resume(coroutines[running]);
          }
        if (rounds > 10000000) {
          puts("The threads wait for each other.");
          exit(1);
        }
      }
    }
}

static void __syncwarp() { meet(warp_meetings[running >> 5], 32); }
static void __syncthreads() { meet(block_meeting, threads_of_block); }
static float __shfl_xor_sync(u32, float value, int mask) {
  static float given[1024];
  given[running] = value;
  __syncwarp();
  float found = given[running ^ mask];
  __syncwarp();
  return found;
}
template <typename T, typename Of> static T of_warp(T value, Of of) {
  static T given[1024];
  given[running] = value;
  __syncwarp();
  T found = of(given + (running & ~31));
  __syncwarp();
  return found;
}
static u32 __reduce_add_sync(u32, u32 value) {
  return of_warp(value, [](const u32* of) { u32 sum = 0; for (int i = 0; i < 32; i++) sum += of[i]; return sum; });
}
static u32 __ballot_sync(u32, bool value) {
  return of_warp((u32)value, [](const u32* of) { u32 bits = 0; for (int i = 0; i < 32; i++) bits |= of[i] << i; return bits; });
}
static int __popc(u32 bits) { return __builtin_popcount(bits); }
static u32 __float_as_uint(float value) {
  u32 bits;
  memcpy(&bits, &value, 4);
  return bits;
}
static int __float2int_rn(float x) { return std::isnan(x) ? 0 : (int)nearbyintf(max(-2e9f, min(2e9f, x))); }
static void wait_for_previous() {}
static void let_next_start() {}

static float to_float(u16 bits) {
  _Float16 half;
  memcpy(&half, &bits, 2);
  return (float)half;
}
static u16 to_half(float value) {
  _Float16 half = (_Float16)value;
  u16 bits;
  memcpy(&bits, &half, 2);
  return bits;
}
static float low(u32 pair) { return to_float((u16)(pair & 0xffff)); }
static float high(u32 pair) { return to_float((u16)(pair >> 16)); }
static u32 pack(float a, float b) { return to_half(a) | (u32)to_half(b) << 16; }
static u32 sub2(u32 a, u32 b) { return pack(low(a) - low(b), high(a) - high(b)); }
static u32 mul2(u32 a, u32 b) { return pack(low(a) * low(b), high(a) * high(b)); }
static u32 fma2(u32 a, u32 b, u32 c) { return pack(fmaf(low(a), low(b), low(c)), fmaf(high(a), high(b), high(c))); }
static u32 and_or(u32 a, u32 mask, u32 bits) { return (a & mask) | bits; }
static u32 permute(u32 a, u32 b, u32 order) {
  u8 bytes[8];
  memcpy(bytes, &a, 4);
  memcpy(bytes + 4, &b, 4);
  u32 out = 0;
  for (int i = 0; i < 4; i++) out |= (u32)bytes[order >> (4 * i) & 7] << (8 * i);
  return out;
}

/** c [16 x 8] += a [16 x 16] b [16 x 8] of a warp. */
static void mma(float* c, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  static u32 given[1024][6];
  u32 own[6] = { a0, a1, a2, a3, b0, b1 };
  memcpy(given[running], own, sizeof own);
  __syncwarp();
  int warp = running & ~31, g = (running & 31) >> 2, t = running & 3;
  auto half = [](u32 pair, int k) { return k & 1 ? high(pair) : low(pair); };
  auto a = [&](int row, int k) { return half(given[warp + (row & 7) * 4 + (k & 7) / 2][(row >> 3) + 2 * (k >> 3)], k); };
  auto b = [&](int k, int column) { return half(given[warp + column * 4 + (k & 7) / 2][4 + (k >> 3)], k); };
  float sums[4];
  for (int j = 0; j < 4; j++) {
    double sum = c[j];
    for (int k = 0; k < 16; k++) sum += (double)a(g + (j >> 1) * 8, k) * b(k, 2 * t + (j & 1));
    sums[j] = (float)sum;
  }
  __syncwarp();
  memcpy(c, sums, sizeof sums);
}

static char shared_memory;
static u32 shared_address(const void* at) { return (u32)((const char*)at - &shared_memory); }
static void load_transposed(u32 from, u32& a, u32& b, u32& c, u32& d) {
  static u32 given[1024];
  given[running] = from;
  __syncwarp();
  int warp = running & ~31, lane = running & 31;
  u32 out[4];
  for (int matrix = 0; matrix < 4; matrix++) {
    auto at = [&](int row) {
      u16 bits;
      memcpy(&bits, &shared_memory + (int)given[warp + matrix * 8 + row] + 2 * (lane / 4), 2);
      return bits;
    };
    out[matrix] = at(2 * (lane % 4)) | (u32)at(2 * (lane % 4) + 1) << 16;
  }
  __syncwarp();
  a = out[0];
  b = out[1];
  c = out[2];
  d = out[3];
}

static Words load_shared(u32 from) {
  Words found;
  memcpy(&found, &shared_memory + (int)from, sizeof found);
  return found;
}
/** What a thread copies ahead is there once it has waited. */
static std::vector<std::pair<u32, const void*>> ahead[1024];
static void copy_ahead(u32 to, const void* from) { ahead[running].push_back({ to, from }); }
static void commit() {}
template <int N> static void wait_for_all_but() {
  static_assert(N == 0, "All of a thread's copies come at once here.");
  for (auto [to, from] : ahead[running]) memcpy(&shared_memory + (int)to, from, 16);
  ahead[running].clear();
}

/** Made-up values: of a normal distribution, nearly, and the same each time. */
static u32 seed = 1;
static float draw() {
  float sum = 0;
  for (int i = 0; i < 4; i++) {
    seed = seed * 1664525u + 1013904223u;
    sum += (float)(int)seed / 2147483648.0f;
  }
  return sum * 0.866f;
}
