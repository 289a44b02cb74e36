// Rotary positions of heads of HEAD values. A row of a head is four lanes': lane t (0 to 3) has the eights that begin at 8 t + 32 i.

#define HEAD_CHUNKS (HEAD / 32)

/** Turns one eight's pairs (2i, 2i+1). `angle` is the index of the first pair's. */
DEVICE void rotate_interleaved(Words* v, const u16* cosine, const u16* sine, int pair) {
  u32* p = (u32*)v;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    float c = to_float(cosine[pair + i]), s = to_float(sine[pair + i]), a = low(p[i]), b = high(p[i]);
    p[i] = pack(a * c - b * s, b * c + a * s);
  }
}
/** Turns the pairs (i, i + half) of two eights. */
DEVICE void rotate_halves(Words* v, Words* u, const u16* cosine, const u16* sine, int at) {
  float a[8], b[8];
  unpack(*v, a);
  unpack(*u, b);
#pragma unroll
  for (int i = 0; i < 8; i++) {
    float c = to_float(cosine[at + i]), s = to_float(sine[at + i]), x = a[i], y = b[i];
    a[i] = x * c - y * s;
    b[i] = y * c + x * s;
  }
  *v = repack(a);
  *u = repack(b);
}
/** A lane's eights of one head, 32 apart from `8 t`. `rotary` values turn; the caches' row is the token's. */
DEVICE void rotate(Words* v, const u16* cosine, const u16* sine, int rotary, int interleaved, int t) {
  if (interleaved) {
#pragma unroll
    for (int i = 0; i < HEAD_CHUNKS; i++)
      if (t * 8 + i * 32 < rotary) rotate_interleaved(v + i, cosine, sine, (t * 8 + i * 32) / 2);
  } else if (rotary == HEAD) {
#pragma unroll
    for (int i = 0; i < HEAD_CHUNKS / 2; i++) rotate_halves(v + i, v + i + HEAD_CHUNKS / 2, cosine, sine, t * 8 + i * 32);
  } else if (rotary == HEAD / 2 && HEAD == 128) {
    rotate_halves(v, v + 1, cosine, sine, t * 8);
  }
}
