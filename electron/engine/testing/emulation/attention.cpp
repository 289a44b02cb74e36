// Runs the kernels of attention.cu (FLOAT16) or attention-int8.cu over made-up keys and values, as their .ts launches them, and prints for each run of tokens how far what
// they see is from exact attention over a float16 cache: in the root mean square, as a share of that of the values.

struct Shape { int heads, key_heads, capacity, turned, interleaved, splits; };

struct Case {
  Shape of;
  std::vector<u16> cosine, sine;
  std::vector<u8> keys, values;
  std::vector<double> exact_keys, exact_values;
  int used = 0;

  explicit Case(Shape shape) : of(shape) {
    int half = of.turned / 2;
    for (int row = 0; row < of.capacity; row++)
      for (int i = 0; i < half; i++) {
        double angle = row * pow(10000.0, -2.0 * i / of.turned);
        cosine.push_back(to_half(cos(angle)));
        sine.push_back(to_half(sin(angle)));
      }
#ifdef FLOAT16
    size_t row = 2 * HEAD;
#else
    size_t row = HEAD + 2;
#endif
    // What no token has reached holds no numbers.
    keys.assign(of.key_heads * of.capacity * row, 0xff);
    values = keys;
    exact_keys.resize((size_t)of.key_heads * of.capacity * HEAD);
    exact_values = exact_keys;
  }

  void turn(double* x, int row) {
    int half = of.turned / 2;
    std::vector<double> from(x, x + HEAD);
    for (int i = 0; i < half; i++) {
      int a = of.interleaved ? 2 * i : i, b = of.interleaved ? 2 * i + 1 : i + half;
      double c = to_float(cosine[row * half + i]), s = to_float(sine[row * half + i]);
      x[a] = to_float(to_half(from[a] * c - from[b] * s));
      x[b] = to_float(to_half(from[b] * c + from[a] * s));
    }
  }

  void run(int tokens, bool attends) {
    int width = (of.heads + 2 * of.key_heads) * HEAD, group = of.heads / of.key_heads;
    std::vector<u16> qkv((size_t)tokens * width), y((size_t)tokens * of.heads * HEAD, 0x7e00);
    for (u16& one : qkv) one = to_half(draw());
    for (int i = 0; i < tokens; i++)
      for (int h = 0; h < of.key_heads; h++) {
        const u16* key = &qkv[(size_t)i * width + (of.heads + h) * HEAD];
        size_t at = ((size_t)h * of.capacity + used + i) * HEAD;
        for (int d = 0; d < HEAD; d++) {
          exact_keys[at + d] = to_float(key[d]);
          exact_values[at + d] = to_float(key[of.key_heads * HEAD + d]);
        }
        turn(&exact_keys[at], used + i);
      }
    kernels(qkv, y, tokens, width, attends);
    if (attends) compare(qkv, y, tokens, width, group);
    used += tokens;
  }

#ifdef FLOAT16
  void kernels(std::vector<u16>& qkv, std::vector<u16>& y, int tokens, int width, bool) {
    std::vector<float> partial(of.heads * of.splits * HEAD), marks(of.heads * of.splits * 2);
    for (int i = 0; i < tokens; i++) {
      int past = used + i;
      launch(of.key_heads, of.splits, 128, [&] {
        attend(partial.data(), marks.data(), &qkv[(size_t)i * width], (u16*)keys.data(), (u16*)values.data(), &past, cosine.data(), sine.data(), of.heads, of.key_heads,
               of.capacity, of.turned, of.interleaved, 1 / sqrtf(HEAD));
      });
      launch(of.heads, 1, HEAD, [&] { merge(&y[(size_t)i * of.heads * HEAD], partial.data(), marks.data(), &past, of.splits); });
    }
  }
#else
  void kernels(std::vector<u16>& qkv, std::vector<u16>& y, int tokens, int width, bool attends) {
    int last = used + tokens - 1, per = 16 / (of.heads / of.key_heads), most = 32 / per * per;
    const u16* k = &qkv[of.heads * HEAD];
    if (tokens > 1 || !attends)
      launch(of.key_heads, (tokens + 31) / 32, 128, [&] {
        append(keys.data(), values.data(), k, k + of.key_heads * HEAD, &last, cosine.data(), sine.data(), of.key_heads, of.capacity, of.turned, of.interleaved, tokens, width);
      });
    for (int first = 0; attends && first < tokens; first += most) {
      int count = min(most, tokens - first), tiles = (count + per - 1) / per;
      std::vector<float> partial((size_t)count * of.heads * of.splits * HEAD, NAN), marks((size_t)count * of.heads * of.splits * 2, NAN);
      launch(of.key_heads * tiles, of.splits, 128, [&] {
        attend_codes(partial.data(), marks.data(), qkv.data(), keys.data(), values.data(), &last, cosine.data(), sine.data(), of.heads, of.key_heads, of.capacity, of.turned,
                     of.interleaved, 1 / sqrtf(HEAD), tokens, first);
      });
      launch(of.heads, count, HEAD, [&] { merge_tokens(y.data(), partial.data(), marks.data(), &last, of.heads, of.splits, tokens, first, per); });
    }
  }
#endif

  void compare(const std::vector<u16>& qkv, const std::vector<u16>& y, int tokens, int width, int group) {
    double apart = 0, all = 0;
    for (int i = 0; i < tokens; i++)
      for (int h = 0; h < of.heads; h++) {
        double query[HEAD], seen[HEAD] = {}, total = 0;
        for (int d = 0; d < HEAD; d++) query[d] = to_float(qkv[(size_t)i * width + h * HEAD + d]);
        turn(query, used + i);
        for (int row = 0; row <= used + i; row++) {
          size_t at = ((size_t)(h / group) * of.capacity + row) * HEAD;
          double score = 0;
          for (int d = 0; d < HEAD; d++) score += query[d] * exact_keys[at + d];
          double weight = exp(score / sqrt(HEAD));
          total += weight;
          for (int d = 0; d < HEAD; d++) seen[d] += weight * exact_values[at + d];
        }
        for (int d = 0; d < HEAD; d++) {
          double expected = seen[d] / total, got = to_float(y[((size_t)i * of.heads + h) * HEAD + d]);
          apart += (got - expected) * (got - expected);
          all += expected * expected;
        }
      }
    printf("%d heads over %d, %d turned%s, %d splits, %d tokens after %d: %f\n", of.heads, of.key_heads, of.turned, of.interleaved ? " in pairs" : "", of.splits, tokens, used,
           sqrt(apart / all));
  }
};

/** @param appended tokens that an encoder appends first. */
static void run(Shape shape, int appended, std::vector<int> runs) {
  Case one(shape);
  if (appended > 0) one.run(appended, false);
  for (int tokens : runs) one.run(tokens, true);
}

int main() {
#ifdef FLOAT16
  run({ 4, 4, 80, HEAD, 0, 3 }, 20, { 1, 3 });
  run({ 8, 2, 80, HEAD / 2, HEAD == 64, 2 }, 70, { 1 });
  run({ 6, 2, 20, 0, 0, 2 }, 0, { 1, 1, 7 });
  run({ 16, 1, 20, HEAD, 1, 4 }, 1, { 1 });
#else
  run({ 4, 4, 331, HEAD, 0, 3 }, 70, { 1, 1, 3, 9, 40, 1, 77, 1 });
  run({ 8, 2, 240, HEAD / 2, HEAD == 64, 5 }, 190, { 1, 5, 1, 33, 1 });
  run({ 6, 2, 130, 0, 0, 2 }, 0, { 1, 1, 64, 1, 7, 1 });
  run({ 16, 1, 40, HEAD, 1, 4 }, 1, { 1, 20, 1 });
#endif
}
