#include "ui/input_text.h"

namespace attnscope {

bool input_text(const char* id, const char* hint, std::string& text, ImGuiInputTextFlags flags) {
  constexpr auto resize = [](ImGuiInputTextCallbackData* data) {
    auto& target = *static_cast<std::string*>(data->UserData);
    target.resize(static_cast<std::size_t>(data->BufTextLen));
    data->Buf = target.data();
    return 0;
  };
  return ImGui::InputTextWithHint(id, hint, text.data(), text.capacity() + 1,
                                  flags | ImGuiInputTextFlags_CallbackResize, resize, &text);
}

}  // namespace attnscope
