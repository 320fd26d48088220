// tokenizer.json, the file of the tokenizers library: whether it holds to its format, and a tokenizer made from it.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "text/tokenizer.h"

namespace attnscope {

// Reads the whole file strictly, its regular expressions included, whatever kind it is of. Throws BrokenFile, whose
// message begins with `where` (a file's name), for the first rule that it breaks.
void check_tokenizer_json(std::string_view text, const std::string& where);

// The same, and a tokenizer. Throws InputError for a file that is right and of a kind that is not supported yet, naming
// what is not.
std::unique_ptr<Tokenizer> tokenizer_from_json(std::string_view text, const std::string& where);

}  // namespace attnscope
