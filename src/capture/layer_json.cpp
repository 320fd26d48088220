#include "capture/layer_json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "formats/json.h"

namespace attnscope {
namespace {

// The members of one JSON object, with errors that say where it is.
class Members {
 public:
  Members(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) throw BrokenFile(where_ + ": must be a JSON object");
  }

  // Null where the key is absent or its value is null.
  const Json* find(const char* key) const {
    const auto member = object_.find(key);
    return member == object_.end() || member->is_null() ? nullptr : &*member;
  }
  Members object(const char* key) const { return {required(key, "an object"), where_ + " " + key}; }

  std::optional<std::int64_t> whole_if(const char* key, std::int64_t least) const {
    const Json* const value = find(key);
    if (value == nullptr) return {};
    const std::string wanted = "a whole number of at least " + std::to_string(least);
    const bool fits =
        !value->is_number_unsigned() || value->get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
    if (!value->is_number_integer() || !fits || value->get<std::int64_t>() < least) fail(key, wanted);
    return value->get<std::int64_t>();
  }
  std::int64_t whole(const char* key, std::int64_t least) const {
    required(key, "a whole number");
    return *whole_if(key, least);
  }
  // A number that is still finite as float32, which is what the kernels take.
  std::optional<double> number_if(const char* key) const {
    const Json* const value = find(key);
    return value == nullptr ? std::nullopt : std::optional<double>(number_in(*value, key));
  }
  double number(const char* key) const { return number_in(required(key, "a number"), key); }
  std::vector<float> numbers_if(const char* key, std::int64_t count) const {
    const Json* const list = find(key);
    if (list == nullptr) return {};
    const std::string wanted = "a list of " + std::to_string(count) + " numbers, one a head";
    if (!list->is_array() || list->size() != static_cast<std::size_t>(count)) fail(key, wanted);
    std::vector<float> numbers;
    for (const Json& value : *list) numbers.push_back(static_cast<float>(number_in(value, key)));
    return numbers;
  }
  bool truth(const char* key) const {
    const Json& value = required(key, "true or false");
    if (!value.is_boolean()) fail(key, "true or false");
    return value.get<bool>();
  }
  [[noreturn]] void fail(const std::string& key, const std::string& wanted) const {
    throw BrokenFile(where_ + ": \"" + key + "\" must be " + wanted);
  }

 private:
  const Json& required(const char* key, const char* wanted) const {
    const Json* const value = find(key);
    if (value == nullptr) throw BrokenFile(where_ + ": \"" + key + "\" is missing, it must be " + wanted);
    return *value;
  }
  double number_in(const Json& value, const char* key) const {
    if (!value.is_number() || !std::isfinite(static_cast<float>(value.get<double>()))) {
      fail(key, "finite numbers of the range of float32");
    }
    return value.get<double>();
  }

  const Json& object_;
  std::string where_;
};

MaskSpec parse_mask(const Members& members) {
  MaskSpec mask;
  mask.causal = members.truth("causal");
  mask.left = members.whole_if("left", 0);
  mask.right = members.whole_if("right", 0);
  mask.sinks = members.whole_if("sinks", 0).value_or(0);
  mask.n_valid = members.whole_if("n_valid", 0);
  return mask;
}

Rotary parse_rotary(const Members& members, std::int64_t head_dim) {
  const Rotary rotary = {members.number("base"), members.whole("dims", 2)};
  if (!(rotary.base > 0)) members.fail("base", "above 0");
  if (rotary.dims % 2 != 0 || rotary.dims > head_dim) {
    members.fail("dims", "even and at most head_dim, " + std::to_string(head_dim));
  }
  return rotary;
}

template <typename Value>
nlohmann::ordered_json or_null(const std::optional<Value>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string layer_json(const LayerSpec& spec) {
  nlohmann::ordered_json json;  // keeps the order of the members
  json["heads"] = spec.heads;
  json["kv_heads"] = spec.kv_heads;
  json["head_dim"] = spec.head_dim;
  json["scale"] = spec.scale;
  json["cap"] = or_null(spec.cap);
  json["slopes"] = spec.slopes.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(spec.slopes);
  nlohmann::ordered_json& mask = json["mask"];
  mask["causal"] = spec.mask.causal;
  mask["left"] = or_null(spec.mask.left);
  mask["right"] = or_null(spec.mask.right);
  mask["sinks"] = spec.mask.sinks;
  mask["n_valid"] = or_null(spec.mask.n_valid);
  json["rotary"] = nullptr;
  if (spec.rotary) json["rotary"] = {{"base", spec.rotary->base}, {"dims", spec.rotary->dims}};
  return json.dump();
}

LayerSpec parse_layer_json(std::string_view text, const std::string& where) {
  const Json json = parse_json(text, where);
  const Members members(json, where);
  LayerSpec spec;
  spec.heads = members.whole("heads", 1);
  spec.kv_heads = members.whole("kv_heads", 1);
  if (spec.heads % spec.kv_heads != 0) {
    members.fail("kv_heads", "a divisor of heads, " + std::to_string(spec.heads));
  }
  spec.head_dim = spec.value_dim = members.whole("head_dim", 1);
  spec.scale = members.number("scale");
  spec.cap = members.number_if("cap");
  if (spec.cap && !(*spec.cap > 0)) members.fail("cap", "above 0, or null for no cap");
  spec.slopes = members.numbers_if("slopes", spec.heads);
  spec.mask = parse_mask(members.object("mask"));
  if (members.find("rotary") != nullptr) spec.rotary = parse_rotary(members.object("rotary"), spec.head_dim);
  return spec;
}

}  // namespace attnscope
