// What the verbs of `attnscope query` share: their options, the opened head, the token labels of their tables.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/json_writer.h"
#include "app/options.h"
#include "app/source.h"
#include "engine/head_reader.h"

namespace attnscope {

struct QueryOptions {
  SourceOptions source;
  ResultOptions result;
  std::optional<std::int64_t> layer, head;
  std::vector<std::int64_t> tokens;
};

// Adds a verb with SOURCE, --json and --npy.
CLI::App& add_verb(CLI::App& query, QueryOptions& options, const std::string& name, const std::string& description);
void add_head_options(CLI::App& verb, QueryOptions& options, bool required);
CLI::Option* add_tokens_option(CLI::App& verb, QueryOptions& options, bool required);

// What a query is about, opened; refuses an --npy that would replace it.
Source open_source(Context& context, const QueryOptions& options);

// The head that a query names, opened.
class QueriedHead {
 public:
  QueriedHead(Context& context, const QueryOptions& options);

  const CaptureInfo& info() const { return source_.info(); }
  std::int64_t layer() const { return layer_; }
  std::int64_t head() const { return head_; }
  HeadReader& reader() { return *reader_; }
  // The tokens that the query names, as places in the context; all of them where it names none.
  const std::vector<std::int64_t>& places() const { return places_; }
  // The same as tokens of the document.
  std::vector<std::int64_t> tokens() const;
  // {"layer":..,"head":..  left open, with "first" where the context is a part of the document.
  JsonWriter& begin_json(JsonWriter& json) const;

 private:
  Source source_;
  OpRunner runner_;
  std::int64_t layer_, head_;
  std::vector<std::int64_t> places_;
  std::optional<HeadReader> reader_;
};

// "first" of a context slice, nothing for a whole document.
void write_first(JsonWriter& json, const CaptureInfo& info);

// The verbs, one file a group.
void add_rows_and_columns(CLI::App& query, Action& action);
void add_top(CLI::App& query, Action& action);
void add_map(CLI::App& query, Action& action);
void add_stats(CLI::App& query, Action& action);
void add_mass_and_lse(CLI::App& query, Action& action);
void add_logits(CLI::App& query, Action& action);

}  // namespace attnscope
