// Every query verb on a capture of a real text by a real (small) model, held against the reference backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "attention/select.h"
#include "capture/capture_file.h"
#include "command_run.h"
#include "core/mapped_file.h"
#include "models/model.h"

namespace attnscope {
namespace {

const std::string model_folder = ATTNSCOPE_TEST_DATA "/models/llama";
const std::string text = "The cat sat on the mat because it was tired. The cat slept.";
constexpr std::int64_t layer_index = 1;
constexpr std::int64_t head_index = 2;
constexpr double tolerance = 2e-5;

// The capture of `text`, made by the program, and the truth about one of its heads.
class RealCapture : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    file_ = folder_->path() / "c.safetensors";
    const CommandRun run = run_command({"capture", "-", "--model", model_folder, "-o", file_}, {text});
    ASSERT_EQ(run.code, 0) << run.err;
  }
  static void TearDownTestSuite() { delete folder_; }

  void SetUp() override {
    capture_ = open_capture(file_);
    layer_ = capture_->layer(layer_index);
    view_ = layer_->head(head_index);
    lse_.resize(static_cast<std::size_t>(n()));
    const ForwardResult result{nullptr, 0, lse_.data()};
    reference_->forward({&view_, 1}, {&result, 1}, job());
    a_ = lse_;
    for (float& value : a_) value = -value;
  }

  std::int64_t n() const { return capture_->info().count; }
  Job job() { return {pool_}; }

  // The whole of P [n, n] by the reference.
  std::vector<float> all_of_p() {
    std::vector<std::int64_t> queries(static_cast<std::size_t>(n()));
    std::iota(queries.begin(), queries.end(), 0);
    std::vector<float> p(static_cast<std::size_t>(n() * n()));
    reference_->rows(view_, queries, {a_, {}}, p, job());
    return p;
  }
  float at(const std::vector<float>& p, std::int64_t i, std::int64_t j) const {
    return p[static_cast<std::size_t>(i * n() + j)];
  }

  static Json query(std::vector<std::string> words, bool one_head = true) {
    words.insert(words.begin(), "query");
    words.insert(words.end(), {"--capture", file_, "--json"});
    if (one_head) words.insert(words.end(), {"--layer", "1", "--head", "2"});
    const CommandRun run = run_command(words);
    EXPECT_EQ(run.code, 0) << run.err;
    return run.code == 0 ? run.json() : Json();
  }
  static void expect_near(const Json& numbers, std::span<const float> truth) {
    ASSERT_EQ(numbers.size(), truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
      EXPECT_NEAR(numbers[i].get<float>(), truth[i], tolerance * (1 + std::abs(truth[i]))) << i;
    }
  }

  static TemporaryFolder* folder_;
  static std::string file_;
  Pool pool_;
  std::unique_ptr<Backend> reference_ = make_reference_backend();
  std::unique_ptr<Capture> capture_;
  std::shared_ptr<const Layer> layer_;
  HeadView view_;
  std::vector<float> lse_, a_;
};
TemporaryFolder* RealCapture::folder_ = nullptr;
std::string RealCapture::file_;

TEST_F(RealCapture, RowsAreThoseOfTheReferenceAndNullWhereMasked) {
  const std::vector<float> p = all_of_p();
  const Json answer = query({"rows", "--tokens", "5,2"});
  EXPECT_EQ(answer["n"], n());
  EXPECT_EQ(answer["tokens"], Json({5, 2}));
  ASSERT_EQ(answer["p"].size(), 2U);
  for (const auto& [row, token] : {std::pair{0, 5}, std::pair{1, 2}}) {
    for (std::int64_t j = 0; j < n(); ++j) {
      const Json& value = answer["p"].at(static_cast<std::size_t>(row)).at(static_cast<std::size_t>(j));
      ASSERT_EQ(value.is_null(), j > token);
      if (j <= token) {
        EXPECT_NEAR(value.get<float>(), at(p, token, j), tolerance);
      }
    }
  }
}

TEST_F(RealCapture, ColumnsAreThoseOfTheReferenceAndNullWhereMasked) {
  const std::vector<float> p = all_of_p();
  const Json answer = query({"columns", "--tokens", "0,4"});
  ASSERT_EQ(answer["p"].size(), static_cast<std::size_t>(n()));
  for (std::int64_t i = 0; i < n(); ++i) {
    const Json& pair = answer["p"].at(static_cast<std::size_t>(i));
    ASSERT_EQ(pair.size(), 2U);
    EXPECT_NEAR(pair[0].get<float>(), at(p, i, 0), tolerance);
    ASSERT_EQ(pair[1].is_null(), i < 4);
    if (i >= 4) {
      EXPECT_NEAR(pair[1].get<float>(), at(p, i, 4), tolerance);
    }
  }
}

TEST_F(RealCapture, TopKeysHoldTheLargestWeightsOfTheReferenceInDescendingOrder) {
  const std::vector<float> p = all_of_p();
  const Json answer = query({"top", "--k", "3"});
  ASSERT_EQ(answer["keys"].size(), static_cast<std::size_t>(n()));
  for (std::int64_t i = 0; i < n(); ++i) {
    std::vector<float> row(p.begin() + i * n(), p.begin() + (i + 1) * n());
    std::sort(row.rbegin(), row.rend());
    const Json& keys = answer["keys"].at(static_cast<std::size_t>(i));
    const Json& weights = answer["p"].at(static_cast<std::size_t>(i));
    ASSERT_EQ(keys.size(), 3U);
    for (std::size_t rank = 0; rank < 3; ++rank) {
      const auto key = keys[rank].get<std::int64_t>();
      if (static_cast<std::int64_t>(rank) > i) {
        EXPECT_EQ(key, -1);
        continue;
      }
      EXPECT_NEAR(weights[rank].get<float>(), row[rank], tolerance);
      EXPECT_NEAR(at(p, i, key), row[rank], tolerance);
    }
  }
}

TEST_F(RealCapture, MapsPoolTheRectangleAsTheReferenceDoes) {
  for (const auto& [name, pool] : {std::pair{"max", Pool2d::max}, std::pair{"mean", Pool2d::mean}}) {
    const Json answer = query({"map", "--rect", "3,11,1,9", "--size", "3x4", "--pool", name});
    EXPECT_EQ(answer["rect"], Json({3, 11, 1, 9}));
    EXPECT_EQ(answer["pool"], name);
    std::vector<float> truth(12);
    reference_->map(view_, {3, 11, 1, 9, 4, 3, pool}, {std::span(a_).subspan(3, 8), {}}, {truth, {}}, job());
    ASSERT_EQ(answer["image"].size(), 4U);
    for (std::size_t pixel = 0; pixel < truth.size(); ++pixel) {
      const Json& value = answer["image"].at(pixel / 3).at(pixel % 3);
      ASSERT_EQ(value.is_null(), std::isnan(truth[pixel]));
      if (!value.is_null()) {
        EXPECT_NEAR(value.get<float>(), truth[pixel], tolerance);
      }
    }
  }
}

TEST_F(RealCapture, StatisticsOfOneHeadAreThoseOfTheReferenceForEachToken) {
  const auto size = static_cast<std::size_t>(n());
  std::vector<float> entropy(size), distance(size), self(size), previous(size), first(size), largest(size);
  std::vector<std::int32_t> key(size);
  reference_->row_stats(view_, lse_, {entropy, distance, self, previous, first, largest, key}, job());
  const Json answer = query({"stats"});
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0]["layer"], layer_index);
  EXPECT_EQ(answer[0]["head"], head_index);
  expect_near(answer[0]["entropy"], entropy);
  expect_near(answer[0]["distance"], distance);
  expect_near(answer[0]["self"], self);
  expect_near(answer[0]["previous"], previous);
  expect_near(answer[0]["first"], first);
  expect_near(answer[0]["max"], largest);
  EXPECT_EQ(answer[0]["max_key"], Json(key));
}

TEST_F(RealCapture, StatisticsOfManyHeadsAreAverages) {
  const Json one = query({"stats"});
  const Json all = query({"stats"}, false);
  const auto layers = static_cast<std::size_t>(capture_->layer_count());
  ASSERT_EQ(all.size(), layers * static_cast<std::size_t>(layer_->spec.heads));
  const Json& same = all.at(static_cast<std::size_t>(layer_index * layer_->spec.heads + head_index));
  EXPECT_EQ(same["layer"], layer_index);
  EXPECT_EQ(same["head"], head_index);
  for (const char* name : {"entropy", "distance", "self", "previous", "first", "max"}) {
    const auto values = one[0][name].get<std::vector<double>>();
    EXPECT_NEAR(same[name].get<double>(), std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n()),
                tolerance)
        << name;
  }
}

TEST_F(RealCapture, MassIsThatOfTheReference) {
  std::vector<float> mass(static_cast<std::size_t>(n()));
  reference_->column_mass(view_, lse_, mass, job());
  expect_near(query({"mass"})["mass"], mass);
}

TEST_F(RealCapture, LogSumExpIsThatOfTheReference) { expect_near(query({"lse"})["lse"], lse_); }

TEST_F(RealCapture, LogitsAreThoseOfTheModelOnTheReferenceBackend) {
  const std::unique_ptr<Model> model = open_model(model_folder, {}, *reference_);
  const CaptureInfo info = model->describe(text);
  const std::vector<float> truth = model->logits(info, {4}, job());
  const CommandRun run =
      run_command({"query", "logits", "--model", model_folder, "--tokens", "4", "--k", "5", "--json"}, {text});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json answer = run.json();
  EXPECT_EQ(answer["tokens"], Json({4}));
  std::vector<float> sorted = truth;
  std::sort(sorted.rbegin(), sorted.rend());
  for (std::size_t rank = 0; rank < 5; ++rank) {
    EXPECT_NEAR(answer["logits"][0][rank].get<float>(), sorted[rank], 1e-4);
    EXPECT_NEAR(truth.at(answer["ids"][0][rank].get<std::size_t>()), sorted[rank], 1e-4);
  }
}

TEST_F(RealCapture, ATextAndAModelAnswerAsTheirCaptureDoes) {
  const CommandRun run = run_command(
      {"query", "rows", "--model", model_folder, "--layer", "1", "--head", "2", "--tokens", "7", "--json"}, {text});
  EXPECT_EQ(run.json(), query({"rows", "--tokens", "7"}));
}

TEST_F(RealCapture, AContextSliceCountsTokensInTheDocumentAndSaysWhereItStarts) {
  const CommandRun run = run_command({"query", "top", "--model", model_folder, "--layer", "0", "--head", "0",
                                      "--tokens", "6", "--first", "4", "--count", "5", "--k", "5", "--json"},
                                     {text});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json()["first"], 4);
  EXPECT_EQ(run.json()["tokens"], Json({6}));
  auto keys = run.json()["keys"][0].get<std::vector<int>>();
  std::sort(keys.begin(), keys.end());
  EXPECT_THAT(keys, testing::ElementsAre(-1, -1, 4, 5, 6));
}

TEST_F(RealCapture, NpyFilesHoldTheSameNumbersAsJson) {
  const std::string npy = folder_->path() / "rows.npy";
  const CommandRun run =
      run_command({"query", "rows", "--capture", file_, "--layer", "1", "--head", "2", "--tokens", "3", "--npy", npy});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  const auto mapped = MappedFile::open(npy);
  const std::size_t bytes = static_cast<std::size_t>(n()) * sizeof(float);
  std::vector<float> values(static_cast<std::size_t>(n()));
  std::memcpy(values.data(), mapped->bytes().data() + mapped->bytes().size() - bytes, bytes);
  const Json answer = query({"rows", "--tokens", "3"});
  for (std::size_t j = 0; j < values.size(); ++j) {
    ASSERT_EQ(std::isnan(values[j]), j > 3);
    if (j <= 3) {
      EXPECT_EQ(answer["p"][0][j].get<float>(), values[j]);
    }
  }
}

}  // namespace
}  // namespace attnscope
