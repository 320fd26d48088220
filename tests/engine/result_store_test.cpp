// Results by their requests, within a number of bytes.
#include "engine/result_store.h"

#include <gtest/gtest.h>

#include <unordered_set>
#include <vector>

namespace attnscope::test {
namespace {

RowRequest row(std::int64_t query) { return {{1, 0}, query}; }
std::shared_ptr<const void> something() { return std::make_shared<const int>(1); }

TEST(ResultStore, GivesWhatWasPutByItsRequest) {
  ResultStore store(100);
  const auto result = something();
  store.put(row(1), result, 10);
  EXPECT_EQ(store.want(row(1)), result);
  EXPECT_EQ(store.find(row(1)), result);
  EXPECT_EQ(store.want(row(2)), nullptr);
  EXPECT_EQ(store.find(ColumnRequest{{1, 0}, 1}), nullptr) << "a column is no row";
  EXPECT_EQ(store.bytes(), 10U);
}

TEST(ResultStore, ForgetsWhatWasWantedLongestAgo) {
  ResultStore store(30);
  for (const std::int64_t query : {1, 2, 3}) store.put(row(query), something(), 10);
  store.end_frame();
  store.want(row(1));
  store.find(row(2));
  store.end_frame();
  store.put(row(4), something(), 10);
  store.end_frame();
  EXPECT_NE(store.find(row(1)), nullptr);
  EXPECT_EQ(store.find(row(2)), nullptr) << "finding is not wanting";
  EXPECT_NE(store.find(row(3)), nullptr);
  EXPECT_NE(store.find(row(4)), nullptr);
  EXPECT_EQ(store.bytes(), 30U);
}

TEST(ResultStore, KeepsWhatAFrameWantsEvenIfItDoesNotFit) {
  ResultStore store(30);
  for (const std::int64_t query : {1, 2, 3, 4}) store.put(row(query), something(), 10);
  store.end_frame();
  for (const std::int64_t query : {1, 2, 3, 4}) EXPECT_NE(store.want(row(query)), nullptr);
  store.end_frame();
  EXPECT_EQ(store.bytes(), 40U);
  store.end_frame();
  EXPECT_EQ(store.bytes(), 30U);
}

TEST(ResultStore, PuttingAgainReplaces) {
  ResultStore store(100);
  store.put(row(1), something(), 10);
  const auto second = something();
  store.put(row(1), second, 25);
  EXPECT_EQ(store.find(row(1)), second);
  EXPECT_EQ(store.bytes(), 25U);
}

TEST(ResultStore, ClearForgetsEverything) {
  ResultStore store(100);
  store.put(row(1), something(), 10);
  store.clear();
  EXPECT_EQ(store.want(row(1)), nullptr);
  EXPECT_EQ(store.bytes(), 0U);
}

TEST(RequestHash, TellsRequestsThatDifferInOneFieldApart) {
  const HeadRef head{1, 2};
  const std::vector<Request> requests = {
      RowRequest{head, 3},
      RowRequest{{2, 1}, 3},
      RowRequest{{1, 3}, 2},
      ColumnRequest{head, 3},
      TileRequest{head, Pool2d::max, 1, 2, 3},
      TileRequest{head, Pool2d::mean, 1, 2, 3},
      TileRequest{head, Pool2d::max, 2, 1, 3},
      TileRequest{head, Pool2d::max, 1, 3, 2},
      ThumbnailRequest{head, Pool2d::max, 32},
      EstimateRequest{head, Pool2d::max, 32},
      LinksRequest{head, 3},
      ProfileRequest{head},
      PairRequest{head, 3, 4},
      PairRequest{head, 4, 3},
      PairInHeadsRequest{1, 3, 4},
  };
  std::unordered_set<std::size_t> hashes;
  for (const Request& request : requests) {
    hashes.insert(std::hash<Request>()(request));
    EXPECT_EQ(std::hash<Request>()(request), std::hash<Request>()(Request(request)));
  }
  EXPECT_EQ(hashes.size(), requests.size());
}

}  // namespace
}  // namespace attnscope::test
