#include "ui/input_text.h"

#include <algorithm>

namespace attnscope {
namespace {

struct Field {
  GlyphAliases& glyphs;
  std::string& text;
};

void insert(ImGuiInputTextCallbackData& data, const std::string& characters) {
  if (characters.empty()) return;
  if (data.HasSelection()) {
    const int begin = std::min(data.SelectionStart, data.SelectionEnd);
    data.DeleteChars(begin, std::max(data.SelectionStart, data.SelectionEnd) - begin);
  }
  data.InsertChars(data.CursorPos, characters.data(), characters.data() + characters.size());
}

int answer(ImGuiInputTextCallbackData* data) {
  const auto& field = *static_cast<Field*>(data->UserData);
  if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
    field.text.resize(static_cast<std::size_t>(data->BufTextLen));
    data->Buf = field.text.data();
  } else {
    insert(*data, field.glyphs.take_held());
  }
  return 0;
}

}  // namespace

bool input_text(GlyphAliases& glyphs, const char* id, const char* hint, std::string& text) {
  Field field{glyphs, text};
  constexpr ImGuiInputTextFlags flags =
      static_cast<int>(ImGuiInputTextFlags_CallbackResize) | static_cast<int>(ImGuiInputTextFlags_CallbackAlways);
  return ImGui::InputTextWithHint(id, hint, text.data(), text.capacity() + 1, flags, answer, &field);
}

}  // namespace attnscope
