#include "formats/safetensors_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "formats/json_events.h"
#include "formats/names.h"

namespace attnscope {
namespace {

struct Type {
  std::string_view name;
  std::int64_t bits;
};

// Every type of safetensors 0.8.
constexpr std::array<Type, 22> types = {
    {{"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},     {"U8", 8},          {"I8", 8},
     {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
     {"U16", 16},    {"F16", 16},    {"BF16", 16},   {"I32", 32},        {"U32", 32},        {"F32", 32},
     {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64}}};

const Type* find_type(std::string_view name) {
  const auto* const found = std::find_if(types.begin(), types.end(), [&](const Type& t) { return t.name == name; });
  return found == types.end() ? nullptr : found;
}

// Takes the header from its events: an object of tensors, each {"dtype": text, "shape": [numbers], "data_offsets":
// [begin, end]}, and "__metadata__", an object of texts. Nothing is stored that does not fit this.
class HeaderReader final : public JsonEvents {
 public:
  explicit HeaderReader(const std::string& where) : JsonEvents(where) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool null() override { return other("null"); }
  bool boolean(bool /*value*/) override { return other("a boolean"); }
  bool number_integer(number_integer_t /*value*/) override { return other("a negative number"); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    return other("a number that is not an integer below 2^64");
  }
  bool number_unsigned(number_unsigned_t value) override;
  bool string(string_t& value) override;
  bool key(string_t& name) override;
  bool start_object(std::size_t size) override;
  bool end_object() override;
  bool start_array(std::size_t size) override;
  bool end_array() override;

 private:
  enum class Place : std::uint8_t { document, header, metadata, tensor, shape, offsets, ignored };
  enum class Field : std::uint8_t { none, dtype, shape, offsets, ignored };

  bool ignoring() const { return place_ == Place::ignored || (place_ == Place::tensor && field_ == Field::ignored); }
  bool other(std::string_view what);
  [[noreturn]] void unexpected(std::string_view what);
  void finish_tensor();

  SafetensorsHeader header_;
  std::set<std::string, std::less<>> names_;
  Place place_ = Place::document;
  int ignored_from_ = 0;  // depth of the outermost ignored value
  std::string name_;      // key of the header that is being read
  std::string text_key_;  // key of the metadata that is being read
  Field field_ = Field::none;
  SafetensorsEntry entry_;
  std::vector<std::uint64_t> offsets_;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;
};

void HeaderReader::unexpected(std::string_view what) {
  switch (place_) {
    case Place::document:
      fail("the header must be a JSON object, not " + std::string(what));
    case Place::header:
      fail(in_quotes(name_) + " must be an object, not " + std::string(what));
    case Place::metadata:
      fail("__metadata__ " + in_quotes(text_key_) + " must be a string, not " + std::string(what));
    case Place::tensor:
    case Place::shape:
    case Place::offsets:
    case Place::ignored:
      break;
  }
  const std::string_view right = field_ == Field::dtype   ? "dtype must be a string"
                                 : field_ == Field::shape ? "shape must be a list of integers from 0 to 2^63 - 1"
                                                          : "data_offsets must be a list of two integers";
  fail("tensor " + in_quotes(name_) + ": " + std::string(right) + ", not " + std::string(what));
}

bool HeaderReader::other(std::string_view what) {
  if (!ignoring()) unexpected(what);
  return true;
}

bool HeaderReader::number_unsigned(number_unsigned_t value) {
  if (place_ == Place::shape) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) unexpected("more");
    entry_.shape.push_back(static_cast<std::int64_t>(value));
  } else if (place_ == Place::offsets) {
    if (offsets_.size() == 2) unexpected("more than two");
    offsets_.push_back(value);
  } else {
    other("a number");
  }
  return true;
}

bool HeaderReader::string(string_t& value) {
  if (place_ == Place::metadata) {
    if (!header_.metadata.try_emplace(text_key_, std::move(value)).second) {
      fail("__metadata__ " + in_quotes(text_key_) + " appears twice");
    }
  } else if (place_ == Place::tensor && field_ == Field::dtype) {
    if (find_type(value) == nullptr) {
      fail("tensor " + in_quotes(name_) + ": unknown dtype " + in_quotes(value) +
           ", not one of F32, F16, BF16, I64, ...");
    }
    entry_.dtype = std::move(value);
    has_dtype_ = true;
  } else {
    other("a string");
  }
  return true;
}

bool HeaderReader::key(string_t& name) {
  if (place_ == Place::header) {
    if (!names_.insert(name).second) fail("the name " + in_quotes(name) + " appears twice");
    name_ = std::move(name);
  } else if (place_ == Place::metadata) {
    text_key_ = std::move(name);
  } else if (place_ == Place::tensor) {
    field_ = name == "dtype"          ? Field::dtype
             : name == "shape"        ? Field::shape
             : name == "data_offsets" ? Field::offsets
                                      : Field::ignored;
    const bool twice = (field_ == Field::dtype && has_dtype_) || (field_ == Field::shape && has_shape_) ||
                       (field_ == Field::offsets && has_offsets_);
    if (twice) fail("tensor " + in_quotes(name_) + ": " + name + " appears twice");
  }
  return true;
}

bool HeaderReader::start_object(std::size_t /*size*/) {
  enter();
  if (place_ == Place::document) {
    place_ = Place::header;
  } else if (place_ == Place::header) {
    place_ = name_ == "__metadata__" ? Place::metadata : Place::tensor;
    field_ = Field::none;
    entry_ = {};
    has_dtype_ = has_shape_ = has_offsets_ = false;
  } else {
    other("an object");
    if (place_ != Place::ignored) ignored_from_ = depth();
    place_ = Place::ignored;
  }
  return true;
}

bool HeaderReader::end_object() {
  if (place_ == Place::ignored) {
    if (depth() == ignored_from_) place_ = Place::tensor;
  } else if (place_ == Place::tensor) {
    finish_tensor();
    place_ = Place::header;
  } else if (place_ == Place::metadata) {
    place_ = Place::header;
  }
  leave();
  return true;
}

bool HeaderReader::start_array(std::size_t /*size*/) {
  enter();
  if (place_ == Place::tensor && field_ == Field::shape) {
    place_ = Place::shape;
  } else if (place_ == Place::tensor && field_ == Field::offsets) {
    place_ = Place::offsets;
    offsets_.clear();
  } else {
    other("a list");
    if (place_ != Place::ignored) ignored_from_ = depth();
    place_ = Place::ignored;
  }
  return true;
}

bool HeaderReader::end_array() {
  if (place_ == Place::shape) {
    has_shape_ = true;
    place_ = Place::tensor;
  } else if (place_ == Place::offsets) {
    if (offsets_.size() != 2) unexpected("fewer");
    has_offsets_ = true;
    place_ = Place::tensor;
  } else if (depth() == ignored_from_) {
    place_ = Place::tensor;
  }
  leave();
  return true;
}

void HeaderReader::finish_tensor() {
  const std::string tensor = "tensor " + in_quotes(name_) + ": ";
  if (!has_dtype_) fail(tensor + "dtype is missing");
  if (!has_shape_) fail(tensor + "shape is missing");
  if (!has_offsets_) fail(tensor + "data_offsets are missing");
  const std::optional<std::size_t> size = safetensors_size(entry_.dtype, entry_.shape);
  if (!size) fail(tensor + "its shape gives more than 2^60 bytes or no whole number of bytes");
  if (offsets_[1] < offsets_[0] || offsets_[1] - offsets_[0] != *size) {
    fail(tensor + "data_offsets " + std::to_string(offsets_[0]) + " to " + std::to_string(offsets_[1]) +
         " do not hold the " + std::to_string(*size) + " bytes of its shape");
  }
  entry_.name = name_;
  entry_.begin = offsets_[0];
  entry_.end = offsets_[1];
  header_.entries.push_back(std::move(entry_));
}

}  // namespace

std::optional<std::size_t> safetensors_size(std::string_view dtype, const std::vector<std::int64_t>& shape) {
  const Type* const type = find_type(dtype);
  if (type == nullptr) return {};
  std::int64_t bits = type->bits;
  for (const std::int64_t length : shape) {
    if (length < 0 || __builtin_mul_overflow(bits, length, &bits)) return {};
  }
  if (bits % 8 != 0) return {};
  return static_cast<std::size_t>(bits / 8);
}

SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& where) {
  HeaderReader reader(where);
  reader.parse(json);
  return reader.take();
}

}  // namespace attnscope
