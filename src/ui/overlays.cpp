#include "ui/overlays.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "session/named_commands.h"
#include "ui/input_text.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

constexpr int most_listed = 12;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// Whether all words of the query are in the name.
bool matches(std::string_view name, std::string_view query) {
  const std::string in = lower(name);
  const std::string words = lower(query);
  std::size_t begin = 0;
  while (begin < words.size()) {
    std::size_t end = words.find(' ', begin);
    end = end == std::string::npos ? words.size() : end;
    if (in.find(words.substr(begin, end - begin)) == std::string::npos) return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

bool Overlays::field(const Panel& panel, const char* hint) {
  if (appearing_) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(-FLT_MIN);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, panel.px(10, 7));
  const bool edited = input_text(panel.glyphs, "##overlay", hint, text_);
  ImGui::PopStyleVar();
  panel.probe.mark("overlay field");
  return edited;
}

void Overlays::draw_palette(const Panel& panel) {
  if (field(panel, "Search or run")) selected_ = 0;
  std::vector<const NamedCommand*> found;
  for (const NamedCommand& command : named_commands()) {
    if (matches(command.name, text_)) found.push_back(&command);
  }
  const int count = static_cast<int>(found.size());
  if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) selected_ = std::min(count - 1, selected_ + 1);
  if (ImGui::IsKeyPressed(ImGuiKey_UpArrow)) selected_ = std::max(0, selected_ - 1);
  const bool enter = ImGui::IsKeyPressed(ImGuiKey_Enter) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter);
  if (found.empty()) ImGui::TextDisabled("no such command");
  const int first = std::max(0, selected_ - most_listed + 1);
  for (int i = first; i < std::min(count, first + most_listed); ++i) {
    const NamedCommand& command = *found[static_cast<std::size_t>(i)];
    const bool clicked = ImGui::Selectable(std::string(command.name).c_str(), i == selected_);
    panel.probe.mark("command " + std::string(command.name));
    const std::string keys(command.keys);
    ImGui::SameLine(ImGui::GetContentRegionMax().x - ImGui::CalcTextSize(keys.c_str()).x);
    ImGui::TextDisabled("%s", keys.c_str());
    if (clicked || (enter && i == selected_)) {
      close(panel);
      panel.ask(command.make(panel.workspace));
    }
  }
}

void Overlays::draw_keys(const Panel& panel) {
  std::string_view group;
  if (!ImGui::BeginTable("keys", 2, ImGuiTableFlags_SizingFixedFit)) return;
  for (const NamedCommand& command : named_commands()) {
    if (command.keys.empty()) continue;
    if (command.group != group) {
      group = command.group;
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      ImGui::PushFont(panel.fonts.strong, 0);
      ImGui::TextUnformatted(group.data(), group.data() + group.size());
      ImGui::PopFont();
    }
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushFont(panel.fonts.mono, 0);
    ImGui::TextUnformatted(command.keys.data(), command.keys.data() + command.keys.size());
    ImGui::PopFont();
    ImGui::TableNextColumn();
    ImGui::PushStyleColor(ImGuiCol_Text, packed(panel.colors.dim));
    ImGui::TextUnformatted(command.name.data(), command.name.data() + command.name.size());
    ImGui::PopStyleColor();
  }
  ImGui::EndTable();
  ImGui::TextDisabled("Mouse: hover previews, click picks; on the map the wheel zooms, drag pans, double-click fits");
}

void Overlays::draw_go_to(const Panel& panel) {
  field(panel, "Number of a token");
  const Document* document = panel.document();
  if (document == nullptr) return ImGui::TextDisabled("no text yet");
  std::int64_t token = -1;
  const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), token);
  const bool whole = error == std::errc() && end == text_.data() + text_.size();
  if (!whole || token < 0 || token >= document->tokens()) {
    return ImGui::TextDisabled("0 to %s", count_label(document->tokens() - 1).c_str());
  }
  const std::string label = "“" + panel.glyphs.displayed(document->label(token)) + "”";
  ImGui::TextUnformatted(label.c_str());
  if (ImGui::IsKeyPressed(ImGuiKey_Enter) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter)) {
    close(panel);
    panel.ask(PickToken{token});
  }
}

// The next token from `from` on in which, or from which on, the text stands; around the end of the document.
void Overlays::find(const Panel& panel, std::int64_t from, std::int64_t by) {
  const Document& document = *panel.document();
  const std::string wanted = panel.glyphs.original(text_);
  if (wanted.empty()) return said_.clear();
  const std::string& text = document.info().text;
  const std::int64_t n = document.tokens();
  const Token& start = document.info().tokens[static_cast<std::size_t>((from + n) % n)];
  // Backwards from the token's last byte: its word begins after a space.
  std::size_t at = by > 0 ? text.find(wanted, static_cast<std::size_t>(start.begin))
                          : text.rfind(wanted, static_cast<std::size_t>(std::max(start.begin, start.end - 1)));
  if (at == std::string::npos) at = by > 0 ? text.find(wanted) : text.rfind(wanted);
  if (at == std::string::npos) {
    said_ = "not in the text";
    return;
  }
  const auto& tokens = document.info().tokens;
  const auto holds = std::find_if(tokens.begin(), tokens.end(),
                                  [at](const Token& t) { return t.end > static_cast<std::int64_t>(at); });
  said_ = "token " + count_label(holds - tokens.begin());
  panel.ask(PickToken{holds - tokens.begin()});
}

void Overlays::draw_find(const Panel& panel) {
  const bool edited = field(panel, "Find in the text");
  if (panel.document() == nullptr) return ImGui::TextDisabled("no text yet");
  const std::int64_t here = panel.view().token.value_or(0);
  if (edited) find(panel, here, 1);
  if (ImGui::IsKeyPressed(ImGuiKey_Enter) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter)) {
    const std::int64_t by = ImGui::GetIO().KeyShift ? -1 : 1;
    find(panel, here + by, by);
    ImGui::SetKeyboardFocusHere(-1);  // Enter has taken the keyboard from the field
  }
  ImGui::TextDisabled("%s", said_.empty() ? "Enter: next   Shift+Enter: previous" : said_.c_str());
}

void Overlays::draw(const Panel& panel, ImVec2 size) {
  const Overlay wanted = panel.workspace.transient().overlay;
  appearing_ = wanted != shown_;
  if (appearing_) {
    text_.clear();
    said_.clear();
    selected_ = 0;
  }
  shown_ = wanted;
  if (wanted == Overlay::none) return;
  const float width = std::min(size.x - panel.px(40), panel.px(wanted == Overlay::keys ? 620.0F : 460.0F));
  ImGui::SetNextWindowPos({size.x / 2, panel.px(64)}, ImGuiCond_Always, {0.5F, 0});
  ImGui::SetNextWindowSize({width, 0});
  if (appearing_) ImGui::SetNextWindowFocus();
  ImGui::PushStyleColor(ImGuiCol_WindowBg, packed(panel.colors.raised));
  ImGui::PushStyleColor(ImGuiCol_FrameBg, packed(panel.colors.panel));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
  constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoDocking |
                                     ImGuiWindowFlags_AlwaysAutoResize;
  if (ImGui::Begin("overlay", nullptr, flags)) {
    switch (wanted) {
      case Overlay::palette:
        draw_palette(panel);
        break;
      case Overlay::keys:
        draw_keys(panel);
        break;
      case Overlay::go_to:
        draw_go_to(panel);
        break;
      case Overlay::find:
        draw_find(panel);
        break;
      case Overlay::none:
        break;
    }
    // On release, so that the button that opened it can close it too.
    const bool clicked_away =
        ImGui::IsMouseReleased(ImGuiMouseButton_Left) && !appearing_ &&
        !ImGui::GetCurrentWindow()->Rect().Contains(ImGui::GetIO().MouseClickedPos[ImGuiMouseButton_Left]);
    if (clicked_away) close(panel);
    panel.probe.mark("overlay", ImGui::GetWindowPos(),
                     {ImGui::GetWindowPos().x + width, ImGui::GetWindowPos().y + ImGui::GetWindowHeight()});
  }
  ImGui::End();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor(2);
}

}  // namespace attnscope
