// The text of a capture as the window shows it: what each token reads, and which tokens are shown as one.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/display_units.h"
#include "capture/capture.h"
#include "models/model.h"

namespace attnscope {

class Document {
 public:
  // `model` may be null: tokens without bytes are then shown by their ids.
  Document(std::string name, std::shared_ptr<const Capture> capture, std::shared_ptr<const Model> model);

  const std::string& name() const { return name_; }
  const Capture& capture() const { return *capture_; }
  const CaptureInfo& info() const { return capture_->info(); }
  const std::shared_ptr<const Model>& model() const { return model_; }
  std::int64_t tokens() const { return static_cast<std::int64_t>(info().tokens.size()); }
  // Few enough to be shown as large words with arcs over them.
  static constexpr std::int64_t most_sentence_tokens = 64;
  bool is_sentence() const { return tokens() <= most_sentence_tokens; }

  // Whether a token of the document went through the model, and its place there.
  bool in_context(std::int64_t token) const { return token >= info().first && token < info().first + info().count; }
  std::int64_t place(std::int64_t token) const { return token - info().first; }
  std::int64_t token_at(std::int64_t place) const { return place + info().first; }
  // Ids of the context, [count].
  const std::vector<std::int32_t>& context_ids() const { return ids_; }

  // The bytes of a token in the text, empty where it has none.
  std::string_view bytes(std::int64_t token) const;
  // What a label shows: the text without spaces around it, a name in angle brackets ("⟨bos⟩", "⟨42⟩") where there are
  // no bytes, a visible sign where there is only white space ("␣", "⏎", "⇥").
  std::string label(std::int64_t token) const;
  // Tokens that are shown as one, in the order of the text, and the unit that a token belongs to.
  const std::vector<Unit>& units() const { return units_; }
  std::size_t unit_of(std::int64_t token) const;

  // The `which`-th token of the context (from 1) whose text without spaces is `text`, -1 where there is none.
  std::int64_t find_token(std::string_view text, std::int64_t which) const;
  // The last token of the context with a letter or digit, else the last one.
  std::int64_t last_word() const;

 private:
  std::string name_;
  std::shared_ptr<const Capture> capture_;
  std::shared_ptr<const Model> model_;
  std::vector<std::int32_t> ids_;
  std::vector<Unit> units_;
};

// Spaces, tabs and line ends taken off both ends.
std::string_view without_spaces(std::string_view bytes);

}  // namespace attnscope
