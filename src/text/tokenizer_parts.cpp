#include "text/tokenizer_parts.h"

#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "core/error.h"

namespace attnscope {
namespace {

SplitBehavior behavior_of(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, SplitBehavior>, 4> names = {{
      {"Removed", SplitBehavior::removed},
      {"MergedWithPrevious", SplitBehavior::merged_with_previous},
      {"MergedWithNext", SplitBehavior::merged_with_next},
      {"Contiguous", SplitBehavior::contiguous},
  }};
  for (const auto& [known, behavior] : names) {
    if (name == known) return behavior;
  }
  return SplitBehavior::isolated;
}

Pattern pattern_of(const JsonPlace& pattern) {
  if (pattern.has("Regex")) return {pattern.at("Regex").string(), pattern.where()};
  return Pattern::literal(pattern.at("String").string(), pattern.where());
}

// The steps of nested sequences in order.
void flatten(const JsonPlace& step, std::vector<JsonPlace>& steps) {
  if (step.at("type").string() != "Sequence") {
    steps.push_back(step);
    return;
  }
  const JsonPlace list = step.at("pretokenizers");
  for (std::size_t i = 0; i < list.array_size(); ++i) flatten(list.item(i), steps);
}

void take_step(const JsonPlace& step, ByteLevelBpeParts& parts) {
  const std::string& kind = step.at("type").string();
  if (kind == "Split") {
    parts.pre_tokenizer.steps.emplace_back(SplitStep{
        pattern_of(step.at("pattern")), behavior_of(step.at("behavior").string()), step.at("invert").boolean()});
  } else if (kind == "Digits") {
    parts.pre_tokenizer.steps.emplace_back(DigitsStep{step.at("individual_digits").boolean()});
  } else {
    not_supported(step, kind + " pre-tokenizers before ByteLevel");
  }
}

// The ids of a template around its one sequence.
void take_template(const JsonPlace& processor, ByteLevelBpeParts& parts) {
  const JsonPlace pieces = processor.at("single");
  bool behind = false;
  for (std::size_t i = 0; i < pieces.array_size(); ++i) {
    const JsonPlace piece = pieces.item(i);
    if (piece.has("Sequence")) {
      if (behind) not_supported(piece, "templates with the text in them twice");
      behind = true;
      continue;
    }
    const std::string& name = piece.at("SpecialToken").at("id").string();
    const JsonPlace tokens = processor.at("special_tokens");
    for (const Json& id : tokens.value().at(name).at("ids")) {
      (behind ? parts.suffix : parts.prefix).push_back(id_of(id, tokens));
    }
  }
}

}  // namespace

void not_supported(const JsonPlace& place, const std::string& what) {
  throw InputError(place.where() + ": " + what + " are not supported yet");
}

std::int32_t id_of(const Json& id, const JsonPlace& place) {
  constexpr auto most = std::uint64_t{std::numeric_limits<std::int32_t>::max()};
  if (id.get<std::uint64_t>() > most) place.fail("holds an id above " + std::to_string(most));
  return static_cast<std::int32_t>(id.get<std::uint64_t>());
}

void take_normalizer(const JsonPlace& normalizer, ByteLevelBpeParts& parts) {
  const std::string& kind = normalizer.at("type").string();
  if (kind == "Sequence") {
    const JsonPlace list = normalizer.at("normalizers");
    for (std::size_t i = 0; i < list.array_size(); ++i) take_normalizer(list.item(i), parts);
  } else if (kind == "NFC") {
    parts.nfc = true;
  } else {
    not_supported(normalizer, "byte-level BPE tokenizers with the normalizer " + kind);
  }
}

void take_pre_tokenizer(const JsonPlace& pre_tokenizer, ByteLevelBpeParts& parts) {
  std::vector<JsonPlace> steps;
  flatten(pre_tokenizer, steps);
  bool byte_level = false;
  for (const JsonPlace& step : steps) {
    if (byte_level) not_supported(step, "pre-tokenizers behind ByteLevel");
    if (step.at("type").string() != "ByteLevel") {
      take_step(step, parts);
      continue;
    }
    byte_level = true;
    parts.pre_tokenizer.add_prefix_space = step.at("add_prefix_space").boolean();
    if (step.boolean_or("use_regex", true)) parts.pre_tokenizer.last.emplace(gpt2_pattern(), step.where());
  }
  if (!byte_level) not_supported(pre_tokenizer, "BPE tokenizers without a ByteLevel pre-tokenizer");
}

void take_post_processor(const JsonPlace& processor, ByteLevelBpeParts& parts) {
  const std::string& kind = processor.at("type").string();
  if (kind == "Sequence") {
    const JsonPlace list = processor.at("processors");
    for (std::size_t i = 0; i < list.array_size(); ++i) take_post_processor(list.item(i), parts);
  } else if (kind == "TemplateProcessing") {
    take_template(processor, parts);
  } else if (kind != "ByteLevel") {
    const JsonPlace first = processor.at("cls").item(1);
    const JsonPlace last = processor.at("sep").item(1);
    parts.prefix.push_back(id_of(first.value(), first));
    parts.suffix.push_back(id_of(last.value(), last));
  }
}

}  // namespace attnscope
