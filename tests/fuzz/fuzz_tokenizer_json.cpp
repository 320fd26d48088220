// Any bytes are a tokenizer.json that is read, or one that is refused in words; what is made from it encodes any text
// into tokens whose spans are in order and inside the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "text/tokenizer_json.h"

namespace attnscope {
namespace {

constexpr std::string_view sample = "The hell's 12 <end>  caf\u00e9 e\u0301\n\xE2\x82 hello world\xFF";

void check(const Tokenizer& tokenizer, std::string_view text) {
  std::int64_t last = 0;
  for (const Token& token : tokenizer.encode(text)) {
    if (token.begin < last || token.end < token.begin) std::abort();
    if (token.end > static_cast<std::int64_t>(text.size())) std::abort();
    if (token.id < 0 || token.id >= tokenizer.vocabulary_size()) std::abort();
    last = token.begin;
  }
}

}  // namespace
}  // namespace attnscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto tokenizer = attnscope::tokenizer_from_json(text, "input");
    attnscope::check(*tokenizer, attnscope::sample);
    attnscope::check(*tokenizer, text);
  } catch (const attnscope::InputError&) {
    return 0;
  }
  return 0;
}
