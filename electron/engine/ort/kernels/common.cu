// What the kernels share: pairs of halves in a register, tensor cores, copies into shared memory, launches that overlap. For GPUs of compute capability 8.0 and
// later. Compiled when a model is loaded (nvrtc.ts) in front of each other file, without any header, hence the assembly for what cuda_fp16.h would bring.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;

#define FULL 0xffffffffu

struct __align__(16) Words { u32 x, y, z, w; };

#define DEVICE static __device__ __forceinline__

DEVICE u32 add2(u32 a, u32 b) { u32 d; asm("add.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b)); return d; }
DEVICE u32 sub2(u32 a, u32 b) { u32 d; asm("sub.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b)); return d; }
DEVICE u32 mul2(u32 a, u32 b) { u32 d; asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b)); return d; }
DEVICE u32 fma2(u32 a, u32 b, u32 c) { u32 d; asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c)); return d; }
DEVICE u32 and_or(u32 a, u32 mask, u32 bits) { u32 d; asm("lop3.b32 %0, %1, %2, %3, 0xea;" : "=r"(d) : "r"(a), "r"(mask), "r"(bits)); return d; }
DEVICE u32 permute(u32 a, u32 b, u32 c) { u32 d; asm("prmt.b32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c)); return d; }
DEVICE float to_float(u16 h) { float f; asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h)); return f; }
DEVICE u16 to_half(float f) { u16 h; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f)); return h; }
DEVICE float low(u32 pair) { return to_float((u16)(pair & 0xffff)); }
DEVICE float high(u32 pair) { return to_float((u16)(pair >> 16)); }
DEVICE u32 pack(float a, float b) { u32 d; asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(b), "f"(a)); return d; }
DEVICE u16 load_scale(const void* p) { u16 v; asm volatile("ld.global.nc.u16 %0, [%1];" : "=h"(v) : "l"(p)); return v; }
DEVICE void mma(float* c, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
DEVICE u32 shared_address(const void* p) {
  u32 address;
  asm("{ .reg .u64 wide; cvta.to.shared.u64 wide, %1; cvt.u32.u64 %0, wide; }" : "=r"(address) : "l"(p));
  return address;
}
DEVICE Words load_shared(u32 from) {
  Words v;
  asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "r"(from));
  return v;
}
/** Four matrices of 8 x 8 halves, transposed: each lane gives the address of one of their 32 rows. */
DEVICE void load_transposed(u32 from, u32& a, u32& b, u32& c, u32& d) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(a), "=r"(b), "=r"(c), "=r"(d) : "r"(from));
}
/** Sixteen bytes to shared memory, later. */
DEVICE void copy_ahead(u32 to, const void* from) { asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;" ::"r"(to), "l"(from)); }
DEVICE void commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int N> DEVICE void wait_for_all_but() { asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory"); }
/** With programmatic launches a kernel starts while the one before still runs; nothing that one writes may be read before this. */
DEVICE void wait_for_previous() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
DEVICE void let_next_start() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}
DEVICE void unpack(const Words& v, float* f) {
  f[0] = low(v.x); f[1] = high(v.x); f[2] = low(v.y); f[3] = high(v.y);
  f[4] = low(v.z); f[5] = high(v.z); f[6] = low(v.w); f[7] = high(v.w);
}
DEVICE Words repack(const float* f) { Words v = { pack(f[0], f[1]), pack(f[2], f[3]), pack(f[4], f[5]), pack(f[6], f[7]) }; return v; }
/** Eight codes, less their zero point, times the scale: four pairs, of 4 bits those of codes 0 4, 1 5, 2 6, 3 7, of 8 bits those that follow each other. */
DEVICE void decode4(u32 w, u32 scale, u32* out) {
  const u32 magic = 0x64006400u;  // 1024: a code in the low bits of the mantissa
  u32 w8 = w >> 8;
  out[0] = mul2(sub2(and_or(w, 0x000f000fu, magic), 0x64086408u), scale);
  out[1] = mul2(fma2(and_or(w, 0x00f000f0u, magic), 0x2c002c00u, 0xd480d480u), scale);
  out[2] = mul2(sub2(and_or(w8, 0x000f000fu, magic), 0x64086408u), scale);
  out[3] = mul2(fma2(and_or(w8, 0x00f000f0u, magic), 0x2c002c00u, 0xd480d480u), scale);
}
/** Eight codes of 8 bits, less their zero point. */
DEVICE void codes8(u32 w0, u32 w1, u32* out) {
  out[0] = sub2(permute(w0, 0x64646464u, 0x4140), 0x64806480u);
  out[1] = sub2(permute(w0, 0x64646464u, 0x4342), 0x64806480u);
  out[2] = sub2(permute(w1, 0x64646464u, 0x4140), 0x64806480u);
  out[3] = sub2(permute(w1, 0x64646464u, 0x4342), 0x64806480u);
}
DEVICE void decode8(u32 w0, u32 w1, u32 scale, u32* out) {
  codes8(w0, w1, out);
#pragma unroll
  for (int i = 0; i < 4; i++) out[i] = mul2(out[i], scale);
}
/** silu(gate) up, each result rounded to half, as by operators of their own. */
DEVICE u16 silu_times(u16 gate, u16 up) {
  float g = to_float(gate);
  return to_half(to_float(to_half(g / (1.0f + __expf(-g)))) * to_float(up));
}
/** x (1 + erf(x / sqrt(2))) / 2 */
DEVICE u16 gelu(u16 value) {
  float x = to_float(value);
  return to_half(0.5f * x * (1.0f + erff(x * 0.70710678f)));
}
