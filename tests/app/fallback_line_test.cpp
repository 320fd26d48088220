// What the command line says where a device leaves an op to the CPU.
#include <gtest/gtest.h>

#include <algorithm>

#include "attention/select.h"
#include "capture/capture_writer.h"
#include "command_run.h"

namespace attnscope {
namespace {

// A capture of one layer whose values are wider than the GPU's kernels take.
void write_wide_capture(const std::filesystem::path& path) {
  constexpr std::int64_t n = 3, width = 300;
  LayerSpec spec;
  spec.heads = spec.kv_heads = 2;
  spec.head_dim = 16;
  spec.value_dim = width;
  spec.gives_lse = false;
  CaptureInfo info;
  info.model = "wide";
  info.text = "abc";
  info.tokens = {{0, 0, 1}, {1, 1, 2}, {2, 2, 3}};
  info.count = n;
  info.layers = {spec};
  auto layer = std::make_shared<Layer>();
  layer->id = next_layer_id();
  layer->spec = spec;
  layer->q = Tensor::allocate(DType::f32, spec.heads, n, spec.head_dim);
  layer->k = Tensor::allocate(DType::f32, spec.heads, n, spec.head_dim);
  layer->v = Tensor::allocate(DType::f32, spec.heads, n, width);
  for (Tensor* tensor : {&layer->q, &layer->k, &layer->v})
    std::fill_n(tensor->mutable_f32(), tensor->bytes() / sizeof(float), 0.0F);
  CaptureWriter writer(path, info);
  writer.take(0, layer);
  writer.finish();
}

TEST(FallbackLine, IsSaidOnceForHoweverManyOps) {
  const std::vector<BackendInfo> all = list_backends();
  if (std::none_of(all.begin(), all.end(),
                   [](const BackendInfo& info) { return info.name == "emulation" && info.usable; }))
    GTEST_SKIP() << "the emulation is not in this build";
  const TemporaryFolder folder;
  const std::string path = folder.path() / "wide.safetensors";
  write_wide_capture(path);
  const CommandRun run = run_command({"query", "stats", "--capture", path, "--json"}, {.backend = "emulation"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json().size(), 2U) << "both heads";
  EXPECT_EQ(run.err.find("attnscope: emulation cannot do this (the GPU kernels take values of 256 numbers at most): "),
            0U)
      << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

}  // namespace
}  // namespace attnscope
