// Heads named by what they do.
#include "analysis/head_names.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace attnscope {
namespace {

// A head of which nothing clear can be said, in a text without repetitions.
HeadMeans plain_head() {
  HeadMeans means;
  means.tokens = 200;
  means.mean_entropy = 2;
  means.mean_log_seen = 4.3;
  means.prefix_match = std::numeric_limits<double>::quiet_NaN();
  means.distance_shares = {0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.2F, 0.2F};
  return means;
}

std::string named(const HeadMeans& means) {
  const auto name = name_head(means);
  return name ? std::string(name->name) : "";
}

TEST(HeadNames, NothingIsSaidOfAHeadWithoutAClearHabit) { EXPECT_EQ(named(plain_head()), ""); }

TEST(HeadNames, PreviousTokenFromFourTenths) {
  HeadMeans means = plain_head();
  means.previous = 0.4;
  EXPECT_EQ(named(means), "previous token");
  EXPECT_EQ(name_head(means)->share, 0.4);
  means.previous = 0.39;
  EXPECT_EQ(named(means), "");
}

TEST(HeadNames, InductionFromFourTenths) {
  HeadMeans means = plain_head();
  means.prefix_match = 0.4;
  EXPECT_EQ(named(means), "induction");
  EXPECT_EQ(name_head(means)->sentence, "looks at what followed the same word earlier");
  means.prefix_match = 0.39;
  EXPECT_EQ(named(means), "");
}

TEST(HeadNames, ItselfFromFourTenths) {
  HeadMeans means = plain_head();
  means.self = 0.4;
  EXPECT_EQ(named(means), "itself");
  means.self = 0.39;
  EXPECT_EQ(named(means), "");
}

TEST(HeadNames, FirstTokenFromSixTenths) {
  HeadMeans means = plain_head();
  means.first = 0.6;
  EXPECT_EQ(named(means), "first token");
  means.first = 0.59;
  EXPECT_EQ(named(means), "");
}

TEST(HeadNames, WhatAHeadDoesGoesBeforeWhereItRests) {
  HeadMeans means = plain_head();
  means.first = 0.6;
  means.prefix_match = 0.4;
  EXPECT_EQ(named(means), "induction");
}

TEST(HeadNames, LocalFromSevenTenthsWithinSevenTokens) {
  HeadMeans means = plain_head();
  means.distance_shares = {0.125F, 0.125F, 0.25F, 0.25F, 0.25F, 0, 0, 0};
  EXPECT_EQ(named(means), "local");
  EXPECT_EQ(name_head(means)->share, 0.75);
  means.distance_shares = {0.125F, 0.125F, 0.125F, 0.25F, 0.375F, 0, 0, 0};
  EXPECT_EQ(named(means), "");
}

TEST(HeadNames, BroadFromEightTenthsOfTheEntropyOfAnEvenSpread) {
  HeadMeans means = plain_head();
  means.mean_log_seen = 5;
  means.mean_entropy = 4;
  EXPECT_EQ(named(means), "broad");
  means.mean_entropy = 3.9;
  EXPECT_EQ(named(means), "");
}

TEST(HeadNames, ShortTextsMakeNoHeadLocalOrBroad) {
  HeadMeans means = plain_head();
  means.mean_entropy = means.mean_log_seen;
  means.tokens = 63;
  EXPECT_EQ(named(means), "");
  means.tokens = 64;
  EXPECT_EQ(named(means), "broad");
}

TEST(HeadNames, ThreeTokensNameNoHead) {
  HeadMeans means = plain_head();
  means.previous = 0.9;
  means.tokens = 3;
  EXPECT_EQ(named(means), "");
  means.tokens = 4;
  EXPECT_EQ(named(means), "previous token");
}

TEST(HeadNames, AHeadThatSeesOneKeyEachIsNotBroad) {
  HeadMeans means = plain_head();
  means.mean_log_seen = 0;
  means.mean_entropy = 0;
  EXPECT_EQ(named(means), "");
}

}  // namespace
}  // namespace attnscope
