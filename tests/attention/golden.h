// The reference values under tests/data/ops: heads from another program with float64 results of every op.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "attention/ops.h"
#include "formats/json.h"
#include "formats/safetensors.h"

namespace attnscope::test {

// One case of ops.json with its heads; results are read on demand.
class GoldenCase {
 public:
  // `storage` is the type that q, k and v are kept in; the file has them in f32.
  GoldenCase(const SafetensorsFile& file, const Json& json, DType storage);

  std::string name() const { return json_.at("name").get<std::string>(); }
  const Json& json() const { return json_; }
  std::span<const HeadView> heads() const { return heads_; }
  // The numbers of a result of one head, as float64 whatever the file's type; nothing where the case lacks it.
  std::vector<double> result(const std::string& what, std::size_t head) const;
  bool visible(std::int64_t i, std::int64_t j) const;

 private:
  MatrixView stored(const std::string& what, std::int64_t block, DType storage);
  Mask mask();

  const SafetensorsFile& file_;
  Json json_;
  std::vector<Tensor> tensors_;
  std::vector<std::uint64_t> bitmap_;
  std::vector<double> visible_;
  std::vector<HeadView> heads_;
};

class Golden {
 public:
  explicit Golden(const std::filesystem::path& folder);
  // Every case as f32, and again in half precision where its inputs lose nothing by that.
  std::vector<std::unique_ptr<GoldenCase>> cases() const;

 private:
  SafetensorsFile file_;
  Json json_;
};

}  // namespace attnscope::test
