// Captures of planted patterns whose truth is known, of any length: for demonstrations of scale and for tests. Never a
// model's numbers; model name and notes say so.
//
// Two layers of 4 heads and 2 KV heads, causal, head_dim 64, scale 1/8, f32: 2 KiB a token and layer (2 GB a layer at
// one million tokens). With the codes of planted_code.h, d for distinct and s for smooth, and f = (0 .. 0, 1, 0):
//   layer 0  k[0,j] = d(j), k[1,j] = s(j); key 0 of both + f
//            previous q = 64/31 d(i-1); needle q = 64/31 d(n/3) at its query, else 0; local q = 64/31 s(i);
//            sink q = ln(9n) f, which gives P[i,0] = 9n / (9n + i)
//   layer 1  k[0,j] = d(block of j), k[1,j] = d(word of j-1), nothing for j = 0; key 0 of both + f
//            block q = 64/31 d(block of i); broad q = 0; induction q = 64/31 d(word of i) + 58 f;
//            duplicate q = 64/31 d(word of i-1)
// (q before division by the scale.) A key that is looked for scores 64, any other at most 64 * .592 = 37.9, the first
// key 58 in the induction head. So a wanted key's weight is at least 1 / (1 + e^(58-64) + n e^(37.9-64)) there, without
// the middle term elsewhere, and the first token's 1 / (1 + n e^(37.9-58)) where nothing repeats yet. Values are hashed
// numbers in (-1, 1).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "capture/capture.h"
#include "capture/planted_code.h"

namespace attnscope {

class SyntheticSource final : public CaptureSource {
 public:
  static constexpr std::int64_t most_tokens = std::int64_t{1} << 24U;

  // Throws InputError unless 1 <= tokens <= most_tokens.
  explicit SyntheticSource(std::int64_t tokens);

  // The text is ignored: the document is made of words "t0 t1 ...", 16 a line, the id of a word is its number.
  CaptureInfo describe(std::string text) override;
  void compute(const CaptureInfo& info, LayerSink& sink, const Job& job) override;

 private:
  struct Rows;
  void fill_layer_0(std::int64_t i, const Rows& rows) const;
  void fill_layer_1(std::int64_t i, const Rows& rows) const;
  std::shared_ptr<const Layer> compute_layer(std::int64_t index, const Job& job, Progress* progress) const;

  std::int64_t tokens_;
  PlantedCode distinct_ = PlantedCode::distinct();
  PlantedCode smooth_ = PlantedCode::smooth();
};

// The source that the command line calls "synthetic:N"; null for other text. Throws InputError for an N that is no
// number of tokens.
std::unique_ptr<SyntheticSource> parse_synthetic(std::string_view source);

}  // namespace attnscope
