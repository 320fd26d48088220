// Log-sum-exps that are kept block by block.
#include "engine/lse_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <utility>

namespace attnscope::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class LseCaching : public testing::Test {
 protected:
  // Asks for [begin, end) of a head of 600 queries, each of which has its own number times `head`.
  void ask(std::int64_t head, std::int64_t begin, std::int64_t end, std::int64_t n = 600) {
    computed_.clear();
    std::vector<float> out(static_cast<std::size_t>(end - begin));
    cache_.fill(1, head, n, begin, out, [&](std::int64_t from, std::span<float> part) {
      computed_.emplace_back(from, from + std::ssize(part));
      for (std::size_t i = 0; i < part.size(); ++i) part[i] = value(head, from + static_cast<std::int64_t>(i));
    });
    for (std::int64_t i = begin; i < end; ++i) {
      ASSERT_EQ(out[static_cast<std::size_t>(i - begin)], value(head, i)) << i;
    }
  }
  static float value(std::int64_t head, std::int64_t query) { return static_cast<float>(head * 1000 + query); }

  LseCache cache_{4 * 1300};  // two heads of 600
  std::vector<std::pair<std::int64_t, std::int64_t>> computed_;
};

TEST_F(LseCaching, ComputesWhatIsAskedForAndNoMore) {
  ask(1, 100, 101);
  EXPECT_THAT(computed_, ElementsAre(Pair(100, 101)));
  ask(1, 200, 300);
  EXPECT_THAT(computed_, ElementsAre(Pair(200, 300)));
}

TEST_F(LseCaching, KeepsWholeBlocksOnly) {
  ask(1, 0, 300);
  ask(1, 0, 256);
  EXPECT_THAT(computed_, IsEmpty());
  ask(1, 250, 300);
  EXPECT_THAT(computed_, ElementsAre(Pair(256, 300)));
}

TEST_F(LseCaching, KeepsTheSmallerBlockAtTheEnd) {
  ask(1, 500, 600);
  ask(1, 512, 600);
  EXPECT_THAT(computed_, IsEmpty());
}

TEST_F(LseCaching, FillsTheGapsAroundWhatIsKept) {
  ask(1, 256, 512);
  ask(1, 0, 600);
  EXPECT_THAT(computed_, ElementsAre(Pair(0, 256), Pair(512, 600)));
  ask(1, 0, 600);
  EXPECT_THAT(computed_, IsEmpty());
}

TEST_F(LseCaching, ForgetsTheHeadAskedForLongestAgo) {
  ask(1, 0, 600);
  ask(2, 0, 600);
  ask(1, 0, 1);
  ask(3, 0, 600);
  ask(1, 0, 600);
  EXPECT_THAT(computed_, IsEmpty());
  ask(2, 0, 600);
  EXPECT_THAT(computed_, ElementsAre(Pair(0, 600)));
}

TEST_F(LseCaching, KeepsOneHeadThatIsLargerThanItsBytes) {
  ask(1, 0, 5000, 5000);
  ask(1, 0, 5000, 5000);
  EXPECT_THAT(computed_, IsEmpty());
}

TEST_F(LseCaching, KeepsNothingOfWhatFailed) {
  std::vector<float> out(600);
  const auto fail = [](std::int64_t, std::span<float>) { throw std::runtime_error("no"); };
  EXPECT_THROW(cache_.fill(1, 1, 600, 0, out, fail), std::runtime_error);
  ask(1, 0, 600);
  EXPECT_THAT(computed_, ElementsAre(Pair(0, 600)));
}

}  // namespace
}  // namespace attnscope::test
