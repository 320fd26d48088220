// Patterns of Oniguruma's Ruby dialect (what the tokenizers library compiles) written as PCRE2 reads them.
// Source: Oniguruma's doc/RE and doc/SYNTAX.md, pcre2pattern(3). Compiling is pattern.h's matter.
#pragma once
#include <string>
#include <string_view>

namespace attnscope {

// The same pattern for PCRE2 with UTF, UCP and MULTILINE. Throws BrokenFile, whose message begins with `where`, for
// what has no counterpart, by name. What is wrong in both dialects is left for PCRE2 to refuse.
std::string pcre2_from_oniguruma(std::string_view expression, const std::string& where);

// The name of a property for PCRE2's \p{...}: "Letter" gives "L", "Han" gives "sc:Han".
std::string pcre2_property(std::string_view name);

// A pattern that matches `text` and nothing else.
std::string quoted_for_pcre2(std::string_view text);

}  // namespace attnscope
