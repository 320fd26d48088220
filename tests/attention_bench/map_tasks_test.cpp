// The ops behind the map, measured only where they are right.
#include "attention_bench/map_tasks.h"

#include <gtest/gtest.h>

#include "attention/select.h"

namespace attnscope::bench {
namespace {

std::vector<Task> tasks_of(MapCase& which) { return which.tasks(map_ops(), "ours"); }

void expect_all_right(const MapShape& shape) {
  Pool pool(1);
  const auto backend = select_backend("auto", "");
  MapCase which(shape, *backend, {pool});
  for (const Task& task : tasks_of(which)) {
    EXPECT_FALSE(task.check().right) << task.op << " before it ran";
    task.run({pool});
    const Check check = task.check();
    EXPECT_TRUE(check.right) << task.op << ", mask " << shape.mask << ": " << check.max_error;
  }
}

TEST(MapTasks, AreRightForEveryMask) {
  for (const char* mask : {"full", "causal", "window:60", "sinks:4,60"})
    expect_all_right({500, 16, mask, DType::f32, 30, 40, 1, 8});
}

TEST(MapTasks, AreRightWithMorePixelsThanCellsAndMoreKeysThanThereAre) {
  expect_all_right({20, 4, "causal", DType::f32, 50, 64, 3, 30});
}

TEST(MapTasks, CountOneProductACell) {
  Pool pool(1);
  const auto backend = select_backend("auto", "");
  MapCase which({100, 16, "full", DType::f32, 10, 10, 2, 8}, *backend, {pool});
  for (const Task& task : tasks_of(which)) {
    const double queries = task.op == "sampled_map" ? 20 : 100;
    EXPECT_EQ(task.flops, queries * 100 * 2 * 16) << task.op;
  }
}

TEST(MapTasks, AreThoseThatAreAskedFor) {
  Pool pool(1);
  const auto backend = select_backend("auto", "");
  MapCase which({10, 4, "full", DType::f32, 5, 5, 1, 2}, *backend, {pool});
  const std::vector<Task> tasks = which.tasks({"top_k", "map_max"}, "ours");
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].op, "map_max");
  EXPECT_EQ(tasks[1].op, "top_k");
  EXPECT_EQ(tasks[1].backend, backend->name());
}

}  // namespace
}  // namespace attnscope::bench
