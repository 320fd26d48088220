// A decoder with its tokenizer as a Model: turns a document into tokens, and tokens into layers.
#pragma once
#include <memory>

#include "models/decoder_weights.h"
#include "models/model.h"

namespace attnscope {

// `backend` must outlive the model.
std::unique_ptr<Model> make_decoder_model(std::string name, std::unique_ptr<DecoderWeights> weights,
                                          std::unique_ptr<Tokenizer> tokenizer, Backend& backend);

}  // namespace attnscope
