#include "app/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <vector>

namespace attnscope {
namespace {

std::string written(float number) {
  std::ostringstream out;
  JsonWriter(out).value(number);
  return out.str();
}

TEST(JsonWriter, PutsCommasBetweenTheItemsOfListsAndObjectsAndNowhereElse) {
  std::ostringstream out;
  JsonWriter json(out);
  json.begin_object().key("a").value(1).key("b").begin_array().begin_array().end_array().begin_array().value(2).value(
      3);
  json.end_array().end_array().key("c").begin_object().end_object().end_object();
  EXPECT_EQ(out.str(), R"({"a":1,"b":[[],[2,3]],"c":{}})");
}

TEST(JsonWriter, WritesTheShortestDigitsThatReadBackAsTheSameFloat) {
  EXPECT_EQ(written(0.1F), "0.1");
  EXPECT_EQ(written(1.0F / 3), "0.33333334");
  EXPECT_EQ(written(0), "0");
}

TEST(JsonWriter, WritesNullForWhatJsonHasNoNumberFor) {
  EXPECT_EQ(written(std::numeric_limits<float>::quiet_NaN()), "null");
  EXPECT_EQ(written(-std::numeric_limits<float>::infinity()), "null");
}

TEST(JsonWriter, EscapesStringsAndReplacesBytesThatAreNotUtf8) {
  std::ostringstream out;
  JsonWriter(out).value(std::string_view("a\"\n\xff"));
  EXPECT_EQ(out.str(), "\"a\\\"\\n\xef\xbf\xbd\"");
}

TEST(JsonWriter, WritesAMatrixRowByRow) {
  std::ostringstream out;
  const std::vector<std::int32_t> numbers = {1, 2, 3, 4, 5, 6};
  JsonWriter(out).matrix<std::int32_t>(numbers, 2);
  EXPECT_EQ(out.str(), "[[1,2,3],[4,5,6]]");
}

TEST(JsonWriter, WritesAMatrixWithoutRowsAsAnEmptyList) {
  std::ostringstream out;
  JsonWriter(out).matrix<float>({}, 0);
  EXPECT_EQ(out.str(), "[]");
}

}  // namespace
}  // namespace attnscope
