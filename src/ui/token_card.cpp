#include "ui/token_card.h"

#include <cmath>
#include <string>

#include "ui/widgets.h"

namespace attnscope {

void token_card(const Panel& panel, const Unit& unit, float weight) {
  const Document& document = *panel.document();
  begin_card(panel);
  ImGui::PushFont(panel.fonts.strong, 0);
  ImGui::TextUnformatted(panel.glyphs.displayed(document.label(unit.first_token)).c_str());
  ImGui::PopFont();
  ImGui::PushStyleColor(ImGuiCol_Text, packed(panel.colors.dim));
  std::string where = "token " + count_label(unit.first_token);
  if (unit.tokens > 1) {
    where = "one character in tokens " + count_label(unit.first_token) + " to " +
            count_label(unit.first_token + unit.tokens - 1) + "; their weights are summed";
  }
  ImGui::TextUnformatted(where.c_str());
  if (!document.in_context(unit.first_token)) {
    ImGui::TextUnformatted("the model did not read it: click to capture from here");
  } else if (const auto focus = panel.workspace.focus_token()) {
    const std::string other = "\u201C" + panel.glyphs.displayed(document.label(*focus)) + "\u201D";
    const bool to = panel.view().direction == Direction::attends_to;
    if (std::isnan(weight)) {
      ImGui::TextUnformatted(
          (to ? other + " does not see it (masked)" : "does not see " + other + " (masked)").c_str());
    } else {
      ImGui::TextUnformatted(
          (to ? other + " attends to it with weight" : "attends to " + other + " with weight").c_str());
      ImGui::SameLine();
      ImGui::PushStyleColor(ImGuiCol_Text, packed(panel.colors.text));
      ImGui::TextUnformatted(weight_label(weight).c_str());
      ImGui::PopStyleColor();
    }
  }
  ImGui::PopStyleColor();
  end_card();
}

bool holds_token(const Unit& unit, std::optional<std::int64_t> token) {
  return token && *token >= unit.first_token && *token < unit.first_token + unit.tokens;
}

}  // namespace attnscope
