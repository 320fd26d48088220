// From the checked parts of a tokenizer.json to those of a byte-level BPE tokenizer. For tokenizer_json.h alone.
#pragma once
#include <cstdint>
#include <string>

#include "text/byte_level_bpe.h"
#include "text/json_place.h"

namespace attnscope {

// Throws InputError: "FILE: WHAT are not supported yet".
[[noreturn]] void not_supported(const JsonPlace& place, const std::string& what);

// An id as we hold it; throws BrokenFile for one that does not fit 31 bits.
std::int32_t id_of(const Json& id, const JsonPlace& place);

// Each takes a part that the schema has passed, and refuses by name what byte-level BPE does not do yet.
void take_normalizer(const JsonPlace& normalizer, ByteLevelBpeParts& parts);
void take_pre_tokenizer(const JsonPlace& pre_tokenizer, ByteLevelBpeParts& parts);
void take_post_processor(const JsonPlace& processor, ByteLevelBpeParts& parts);

}  // namespace attnscope
