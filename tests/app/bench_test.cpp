// attnscope bench: rows with every key that the contract names, and one clear line for what it cannot do.
#include <gtest/gtest.h>

#include <algorithm>

#include "attention/select.h"
#include "command_run.h"

namespace attnscope {
namespace {

CommandRun bench(std::vector<std::string> words) {
  words.insert(words.begin(), "bench");
  words.insert(words.end(), {"--seconds", "0.01"});
  return run_command(words);
}

bool has_emulation() {
  const std::vector<BackendInfo> all = list_backends();
  return std::any_of(all.begin(), all.end(),
                     [](const BackendInfo& info) { return info.name == "emulation" && info.usable; });
}

TEST(Bench, AttentionGivesARowForEachContenderAndSize) {
  const CommandRun run = bench({"attention", "--heads", "4", "--kv-heads", "2", "--n", "64,100", "--head-dim", "16",
                                "--mask", "sinks:4,32", "--contenders", "ours,reference,naive", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json rows = run.json();
  ASSERT_EQ(rows.size(), 6U);
  for (const Json& row : rows) {
    for (const char* key :
         {"op", "contender", "backend", "dtype", "heads", "kv_heads", "n", "head_dim", "mask", "cpu_seconds", "seconds",
          "runs", "interval", "gflops", "peak_gflops", "ratio", "min_bytes", "peak_rss"}) {
      EXPECT_TRUE(row.contains(key)) << key;
    }
    EXPECT_EQ(row["checked"], true);
    EXPECT_EQ(row["mask"], "sinks:4,32");
    EXPECT_EQ(row["kv_heads"], 2);
    EXPECT_GT(row["gflops"], 0);
  }
  EXPECT_EQ(rows[1]["backend"], "reference");
  EXPECT_EQ(rows[5]["n"], 100);
}

TEST(Bench, ADevicesKernelsAreToldOfEachRow) {
  if (!has_emulation()) GTEST_SKIP() << "the emulation is not in this build";
  const CommandRun run = bench(
      {"attention", "--heads", "2", "--n", "64", "--head-dim", "16", "--contenders", "emulation,reference", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json rows = run.json();
  ASSERT_EQ(rows.size(), 2U);
  const Json& kernels = rows[0]["kernels"];
  ASSERT_EQ(kernels.size(), 1U);
  EXPECT_EQ(kernels[0]["kernel"], "forward_float f32");
  EXPECT_EQ(kernels[0]["launches"], rows[0]["runs"]);
  EXPECT_GT(rows[0]["device_seconds"], 0);
  EXPECT_LE(rows[0]["device_seconds"], rows[0]["seconds"]);
  EXPECT_EQ(rows[0]["peak_gflops"], 0) << "which is the processor's";
  EXPECT_FALSE(rows[1].contains("kernels"));
}

TEST(Bench, ATableHasALineForEachKernelOfAnOp) {
  if (!has_emulation()) GTEST_SKIP() << "the emulation is not in this build";
  const CommandRun run =
      bench({"map", "--n", "96", "--size", "8x8", "--contenders", "emulation", "--ops", "sampled_map,column_mass"});
  ASSERT_EQ(run.code, 0) << run.err;
  for (const char* line : {"sampled_map of emulation, n 96, d 64: kernel forward_float f32: ",
                           "sampled_map of emulation, n 96, d 64: kernel map f32: ",
                           "column_mass of emulation, n 96, d 64: kernel column_mass f32: "})
    EXPECT_NE(run.out.find(line), std::string::npos) << run.out;
  EXPECT_NE(run.out.find(" a run in 1 launch\n"), std::string::npos) << run.out;
}

TEST(Bench, MapGivesARowForEachOp) {
  const CommandRun run = bench({"map", "--n", "128", "--size", "32x16", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  std::vector<std::string> ops;
  for (const Json& row : run.json()) ops.push_back(row["op"]);
  EXPECT_EQ(ops, (std::vector<std::string>{"map_mean", "map_max", "sampled_map", "top_k", "row_stats", "column_mass"}));
}

TEST(Bench, CommaSeparatedValuesHaveATitleForEachCell) {
  const CommandRun run =
      bench({"attention", "--heads", "1", "--n", "32", "--contenders", "ours", "--mask", "window:8", "--csv"});
  ASSERT_EQ(run.code, 0) << run.err;
  const std::size_t end = run.out.find('\n');
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  EXPECT_EQ(commas(run.out.substr(0, end)), commas(run.out.substr(end)));
}

TEST(Bench, ATableNamesTheProcessor) {
  const CommandRun run = bench({"attention", "--heads", "1", "--n", "32", "--contenders", "ours"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find("1 thread, 1 head, f32"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("forward  ours"), std::string::npos) << run.out;
}

TEST(Bench, WhatAContenderCannotTakeIsSaidAndTheRestRuns) {
  const CommandRun run =
      bench({"attention", "--heads", "1", "--n", "32", "--dtype", "f16", "--contenders", "naive,reference", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.err.find("forward of naive, n 32, d 64: not run: takes f32 only"), std::string::npos) << run.err;
  ASSERT_EQ(run.json().size(), 1U);
  EXPECT_EQ(run.json()[0]["contender"], "reference");
}

TEST(Bench, RefusesWhatItDoesNotKnowInOneLine) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{}, "bench takes one of attention, map"},
      {{"foo"}, "bench foo: no such benchmark; it takes one of attention, map"},
      {{"attention", "--contenders", "nobody"}, "--contenders nobody: takes ours"},
      {{"attention", "--n", "0"}, "--n 0: takes 1 to"},
      {{"attention", "--threads", "0"}, "--threads 0: takes 1 to"},
      {{"attention", "--dtype", "int8"}, "--dtype int8: takes f32, f16 or bf16"},
      {{"attention", "--heads", "8", "--kv-heads", "3"}, "--kv-heads 3: takes a divisor of --heads 8"},
      {{"map", "--ops", "nothing"}, "--ops nothing: takes some of map_mean"},
      {{"map", "--k", "0"}, "--k 0: takes 1 to"},
      {{"map", "--contenders", "naive"}, "--contenders naive: takes ours or a backend"},
  };
  for (const auto& [words, message] : wrong) {
    std::vector<std::string> all{"bench"};
    all.insert(all.end(), words.begin(), words.end());
    const CommandRun run = run_command(all);
    EXPECT_EQ(run.code, 2) << message;
    EXPECT_NE(run.err.find(message), std::string::npos) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
}

}  // namespace
}  // namespace attnscope
