// Queries of synthetic captures: planted patterns come back at any length.
#include <gtest/gtest.h>

#include "capture/synthetic_heads.h"
#include "command_run.h"

namespace attnscope {
namespace {

// The words of a query of the planted head of that name.
std::vector<std::string> query_of(const std::string& verb, std::int64_t n, std::string_view name,
                                  std::vector<std::string> options) {
  std::vector<std::string> words = {"query", verb, "synthetic:" + std::to_string(n), "--json"};
  for (const PlantedHead& head : planted_heads()) {
    if (head.name != name) continue;
    words.insert(words.end(), {"--layer", std::to_string(head.layer), "--head", std::to_string(head.head)});
  }
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

Json answer(const std::vector<std::string>& words) {
  const CommandRun run = run_command(words);
  EXPECT_EQ(run.code, 0) << run.err;
  return run.code == 0 ? run.json() : Json();
}

TEST(SyntheticQuery, TopFindsThePreviousTokenInAHundredThousand) {
  const Json top = answer(query_of("top", 100'000, "previous token", {"--tokens", "5,99999", "--k", "1"}));
  EXPECT_EQ(top["keys"], Json::parse("[[4],[99998]]"));
  EXPECT_GT(top["p"][0][0].get<float>(), 0.99F);
}

TEST(SyntheticQuery, TopFindsTheNeedleAtItsPlace) {
  const SyntheticText planted{20'000};
  const Json top =
      answer(query_of("top", planted.n, "needle", {"--tokens", std::to_string(planted.needle_query()), "--k", "1"}));
  EXPECT_EQ(top["keys"][0][0], planted.needle_key());
}

TEST(SyntheticQuery, AMapOfManyTokensKeepsASingleStrongCell) {
  const SyntheticText planted{5'000};
  const Json map = answer(query_of("map", planted.n, "needle", {"--size", "10x10", "--pool", "max"}));
  const auto row = static_cast<std::size_t>(planted.needle_query() * 10 / planted.n);
  const auto column = static_cast<std::size_t>(planted.needle_key() * 10 / planted.n);
  EXPECT_GT(map["image"][row][column].get<float>(), 0.9F);
  EXPECT_TRUE(map["image"][0][9].is_null()) << "keys after the query are masked";
}

TEST(SyntheticQuery, StatisticsOfThePreviousTokenHeadAreThoseOfItsPattern) {
  const Json stats = answer(query_of("stats", 300, "previous token", {}));
  EXPECT_GT(stats[0]["previous"][200].get<float>(), 0.99F);
  EXPECT_NEAR(stats[0]["distance"][200].get<float>(), 1, 0.01);
  EXPECT_EQ(stats[0]["max_key"][200], 199);
}

TEST(SyntheticQuery, MassAddsUpToTheNumberOfTokens) {
  const Json mass = answer(query_of("mass", 300, "sink", {}));
  double sum = 0;
  for (const Json& value : mass["mass"]) sum += value.get<double>();
  EXPECT_NEAR(sum, 300, 0.01);
}

TEST(SyntheticQuery, TopWritesTwoNpyFiles) {
  const TemporaryFolder folder;
  const CommandRun run =
      run_command({"query", "top", "synthetic:50", "--layer", "0", "--head", "0", "--npy", folder.path() / "out.npy"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out.keys.npy"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out.p.npy"));
  EXPECT_EQ(folder.entries(), 2U);
}

TEST(SyntheticQuery, TablesHaveALineForEachToken) {
  const CommandRun run = run_command({"query", "mass", "synthetic:5", "--layer", "0", "--head", "3"});
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 6) << run.out;
  EXPECT_TRUE(run.out.starts_with("token  text"));
}

TEST(SyntheticQuery, TheForcedBackendAnswersTheSame) {
  const auto words = query_of("rows", 200, "local", {"--tokens", "150"});
  const Json best = answer(words);
  const CommandRun forced = run_command(words, {"", "reference"});
  const Json reference = forced.json();
  for (std::size_t j = 0; j <= 150; ++j) {
    EXPECT_NEAR(best["p"][0][j].get<float>(), reference["p"][0][j].get<float>(), 1e-5);
  }
}

}  // namespace
}  // namespace attnscope
