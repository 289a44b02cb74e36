// Runs the kernels of sparse-attention.cu over made-up rows, as sparse-attention.ts launches them, and prints for each case how far what they see is from exact attention
// of every block of queries to the blocks that it chooses (models/train/sparse.py): in the root mean square, as a share of that of the values.

struct Case { int rows, heads, chosen, window; };

/** The numbers of the keys that a block of queries sees. */
static std::vector<int> seen_by(const Case& of, const std::vector<u16>& q, const std::vector<u16>& k, int head, int group) {
  int blocks = of.rows / KEYS, width = of.heads * HEAD;
  auto mean = [&](const std::vector<u16>& x, int from, int count) {
    std::vector<double> sum(HEAD);
    for (int row = from; row < min(from + count, of.rows); row++)
      for (int d = 0; d < HEAD; d++) sum[d] += to_float(x[(size_t)row * width + head * HEAD + d]);
    for (double& one : sum) one = to_float(to_half(one / count));
    return sum;
  };
  std::vector<double> query = mean(q, group * QUERIES, QUERIES);
  std::vector<std::pair<double, int>> scores;
  for (int block = 0; block < blocks; block++) {
    std::vector<double> key = mean(k, block * KEYS, KEYS);
    double score = 0;
    for (int d = 0; d < HEAD; d++) score += query[d] * key[d];
    int offset = block * KEYS - group * QUERIES;
    if (block == 0 || (offset > -of.window - KEYS && offset < QUERIES + of.window)) score = 1e30;
    scores.push_back({ -score, block });
  }
  std::sort(scores.begin(), scores.end());
  std::vector<int> keys;
  for (int i = 0; i < of.chosen; i++)
    for (int j = 0; j < KEYS; j++) keys.push_back(scores[i].second * KEYS + j);
  for (int row = blocks * KEYS; row < of.rows; row++) keys.push_back(row);
  return keys;
}

static void run(Case of) {
  int width = of.heads * HEAD, blocks = of.rows / KEYS, groups = (of.rows + QUERIES - 1) / QUERIES;
  std::vector<u16> q((size_t)of.rows * width), k(q.size()), v(q.size()), y(q.size(), 0x7e00), means((size_t)blocks * width, 0x7e00);
  for (std::vector<u16>* x : { &q, &k, &v })
    for (u16& one : *x) one = to_half(draw());
  launch((blocks * width / 8 + 255) / 256, 1, 256, [&] { block_means(means.data(), k.data(), of.heads, blocks); });
  launch(groups, of.heads, 128, [&] {
    attend_blocks(y.data(), q.data(), k.data(), v.data(), means.data(), of.rows, of.heads, of.chosen, of.window, 1 / sqrtf(HEAD));
  });
  double apart = 0, all = 0;
  for (int head = 0; head < of.heads; head++)
    for (int group = 0; group < groups; group++) {
      std::vector<int> keys = seen_by(of, q, k, head, group);
      for (int row = group * QUERIES; row < min(of.rows, (group + 1) * QUERIES); row++) {
        double seen[HEAD] = {}, total = 0;
        for (int key : keys) {
          double score = 0;
          for (int d = 0; d < HEAD; d++)
            score += (double)to_float(q[(size_t)row * width + head * HEAD + d]) * to_float(k[(size_t)key * width + head * HEAD + d]);
          double weight = exp(score / sqrt(HEAD));
          total += weight;
          for (int d = 0; d < HEAD; d++) seen[d] += weight * to_float(v[(size_t)key * width + head * HEAD + d]);
        }
        for (int d = 0; d < HEAD; d++) {
          double expected = seen[d] / total, got = to_float(y[(size_t)row * width + head * HEAD + d]);
          apart += (got - expected) * (got - expected);
          all += expected * expected;
        }
      }
    }
  printf("%d rows, %d heads, %d of %d blocks, window of %d: %f\n", of.rows, of.heads, of.chosen, blocks, of.window, sqrt(apart / all));
}

int main() {
  // Some chosen, with rows after the last block; as many as are seen anyway; all; other windows; a last block of queries without a whole block of keys.
  run({ 391, 2, 11, 16 });
  run({ 256, 1, 7, 16 });
  run({ 200, 1, 12, 16 });
  run({ 320, 1, 9, 0 });
  run({ 330, 1, 13, 40 });
  run({ 261, 2, 8, 0 });
}
