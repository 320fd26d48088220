#include "ui/top_bar.h"

#include <algorithm>
#include <filesystem>

#include "analysis/head_names.h"
#include "attention/select.h"
#include "ui/widgets.h"

namespace attnscope {
namespace {

// Models to choose from; those that are not there say how to get them.
void draw_model_menu(const Panel& panel) {
  if (!ImGui::BeginPopup("models")) return;
  for (const ModelPlace& place : panel.workspace.models()) {
    const bool there = std::filesystem::exists(place.path);
    if (ImGui::MenuItem(place.name.c_str(), nullptr, place.name == panel.workspace.model(), there)) {
      panel.ask(UseModel{place.name});
    }
    panel.probe.mark("model " + place.name);
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) ImGui::SetTooltip("%s", place.note.c_str());
  }
  ImGui::EndPopup();
}

void draw_document_menu(const Panel& panel) {
  if (!ImGui::BeginPopup("documents")) return;
  const std::vector<Example>& examples = panel.workspace.examples();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (ImGui::MenuItem(examples[i].name.c_str())) panel.ask(OpenExample{i});
    panel.probe.mark("document " + examples[i].name);
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", examples[i].text.c_str());
  }
  ImGui::Separator();
  ImGui::TextDisabled("Drop a text or a capture on the window, or paste a text (Ctrl+V)");
  for (const std::int64_t n : {1000, 10000, 100000}) {
    if (ImGui::MenuItem((count_label(n) + " made-up tokens").c_str())) panel.ask(OpenSynthetic{n});
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("heads with planted patterns, to see how attention scales");
  }
  ImGui::EndPopup();
}

// A thin line under the bar while layers are computed.
void draw_progress(const Panel& panel, ImVec2 min, ImVec2 max, const CaptureStatus& status) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float x = min.x + (max.x - min.x) * static_cast<float>(status.share);
  list.AddRectFilled({min.x, max.y - panel.px(2)}, {x, max.y}, packed(panel.colors.dim));
}

}  // namespace

void draw_top_bar(const Panel& panel, ImVec2 min, ImVec2 max) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(min, max, packed(panel.colors.panel));
  Row row{min.x + panel.px(16), max.x - panel.px(14), (min.y + max.y) / 2};
  row_text(panel, row, "attnscope", panel.colors.text, Face::strong, 14);
  row.left += panel.px(6);
  const Document* document = panel.document();
  const bool narrow = max.x - min.x < panel.px(1100);
  if (chip(panel, row, "document", document != nullptr ? panel.glyphs.displayed(document->name()) : "no text", true)) {
    ImGui::OpenPopup("documents");
  }
  draw_document_menu(panel);
  if (chip(panel, row, "model", document != nullptr ? document->info().model : panel.workspace.model(), true))
    ImGui::OpenPopup("models");
  draw_model_menu(panel);

  const std::string search = narrow ? "Ctrl+Shift+P" : "Search or run   Ctrl+Shift+P";
  if (chip(panel, row, "palette", search, false)) panel.ask(ShowOverlay{Overlay::palette});
  const CaptureStatus status = panel.workspace.capture_status();
  const bool computing = status.stage == CaptureStage::opening || status.stage == CaptureStage::computing;
  if (computing) {
    if (chip(panel, row, "stop", "stop", false)) panel.ask(StopCapture{});
    std::string said = status.stage == CaptureStage::opening
                           ? "opening"
                           : "layer " + std::to_string(status.layers_done) + " of " + std::to_string(status.layers);
    if (status.seconds_left && panel.workspace.measures())
      said += ", " + duration_label(*status.seconds_left) + " left";
    const ImVec2 size = text_size(panel, said, Face::ui, 12.5F);
    draw_text(panel, list, {row.right - size.x, row.middle - size.y / 2}, said, panel.colors.dim, Face::ui, 12.5F);
    row.right -= size.x + panel.px(12);
    if (status.stage == CaptureStage::computing) draw_progress(panel, min, max, status);
  }
  if (document == nullptr) return;

  // In the middle of the bar, with room for what the head does behind it.
  const float group = document->is_sentence() ? 0.445F : narrow ? 0.3F : 0.34F;
  row.left = std::max(row.left + panel.px(16), min.x + (max.x - min.x) * group);
  row_text(panel, row, "layer", panel.colors.dim);
  if (const int by = stepper(panel, row, "layer", std::to_string(panel.view().layer))) panel.ask(StepLayer{by});
  row_text(panel, row, "head", panel.colors.dim);
  if (const int by = stepper(panel, row, "head", std::to_string(panel.view().head))) panel.ask(StepHead{by});
  const auto layer = panel.workspace.layer();
  if (layer == nullptr || document->is_sentence()) return;  // a sentence is too short to name a head by
  const auto profile = panel.workspace.engine().want(layer, ProfileRequest{panel.workspace.head_ref()}, Urgency::refine,
                                                     document->context_ids());
  const auto name = profile != nullptr ? name_head(*profile) : std::nullopt;
  row.left += panel.px(4);
  if (name) {
    plate(panel, row, name->name);
    if (!narrow) row_text(panel, row, name->sentence, panel.colors.dim, Face::ui, 12.5F);
  } else if (profile != nullptr && !narrow) {
    row_text(panel, row, "no clear pattern in this text", panel.colors.faint, Face::ui, 12.5F);
  }
}

namespace {

// "cpu avx512" as people write it.
std::string displayed_backend(std::string_view name) {
  if (name == "cpu avx512") return "CPU AVX-512";
  if (name == "cpu avx2") return "CPU AVX2";
  if (name == "cpu baseline") return "CPU";
  if (name.starts_with("cuda ")) name.remove_prefix(5);  // the GPU's own name
  return std::string(name);
}

// What computes, and why nothing better does.
void answer_backend(const Panel& panel, ImVec2 min, ImVec2 max) {
  ImGui::SetCursorScreenPos(min);
  ImGui::InvisibleButton("backend", {std::max(1.0F, max.x - min.x), std::max(1.0F, max.y - min.y)});
  panel.probe.mark("backend");
  if (!ImGui::IsItemHovered()) return;
  begin_card(panel);
  ImGui::Text("attention is computed by %s", std::string(panel.workspace.engine().backend_name()).c_str());
  ImGui::PushStyleColor(ImGuiCol_Text, packed(panel.colors.dim));
  for (const BackendInfo& backend : list_backends()) {
    if (backend.name == "cuda" || backend.usable) ImGui::Text("%s: %s", backend.name.c_str(), backend.detail.c_str());
  }
  const std::string fallback = panel.workspace.engine().fallback();
  if (!fallback.empty()) ImGui::TextUnformatted(fallback.c_str());
  if (panel.workspace.measures()) ImGui::TextUnformatted(panel.workspace.engine().last_times().c_str());
  ImGui::PopStyleColor();
  end_card();
}

}  // namespace

void draw_status_bar(const Panel& panel, ImVec2 min, ImVec2 max) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(min, max, packed(panel.colors.panel));
  Row row{min.x + panel.px(14), max.x - panel.px(14), (min.y + max.y) / 2};
  const auto right = [&](const std::string& text, Face face = Face::ui) {
    if (text.empty()) return;
    const ImVec2 size = text_size(panel, text, face, 12);
    draw_text(panel, list, {row.right - size.x, row.middle - size.y / 2}, text, panel.colors.dim, face, 12);
    row.right -= size.x + panel.px(14);
  };
  const Engine& engine = panel.workspace.engine();
  right(displayed_backend(engine.backend_name()) + ", " + std::to_string(panel.workspace.threads()) + " cores");
  const auto time = [&](const char* what, std::optional<double> seconds) {
    if (seconds && panel.workspace.measures()) right(std::string(what) + " " + duration_label(*seconds));
  };
  time(engine.backend_name() == "emulation" ? "emulated" : "GPU", engine.last_device_seconds());
  time("map", engine.last_seconds<TileRequest>());
  const bool to = panel.view().direction == Direction::attends_to;
  time(to ? "row" : "column", to ? engine.last_seconds<RowRequest>() : engine.last_seconds<ColumnRequest>());
  const CaptureStatus status = panel.workspace.capture_status();
  if (status.stage == CaptureStage::done) time("captured in", status.seconds);
  if (status.stage == CaptureStage::stopped) right("stopped");
  answer_backend(panel, {row.right, min.y}, max);

  if (const Document* document = panel.document()) {
    const CaptureInfo& info = document->info();
    row_text(panel, row, info.model, panel.colors.dim, Face::ui, 12);
    std::int64_t there = 0;
    for (std::int64_t l = 0; l < document->capture().layer_count(); ++l)
      there += document->capture().layer(l) != nullptr ? 1 : 0;
    row_text(panel, row, std::to_string(there) + " of " + std::to_string(document->capture().layer_count()) + " layers",
             panel.colors.dim, Face::ui, 12);
    row_text(panel, row, "n = " + count_label(info.count), panel.colors.dim, Face::ui, 12);
    if (info.count < document->tokens())
      row_text(panel, row, "of " + count_label(document->tokens()) + " tokens", panel.colors.dim, Face::ui, 12);
  }
  const std::optional<Notice>& notice = panel.workspace.notice();
  const std::string text = notice ? notice->text : engine.failure();
  if (text.empty()) return;
  row.left += panel.px(10);
  const float from = row.left;
  const bool error = !notice || notice->error;
  row_text(panel, row, panel.glyphs.displayed(text), error ? panel.colors.warning : panel.colors.dim, Face::ui, 12);
  ImGui::SetCursorScreenPos({from, min.y});
  ImGui::InvisibleButton("notice", {std::max(1.0F, row.left - from), std::max(1.0F, max.y - min.y)});
  panel.probe.mark("notice");
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s\nclick to dismiss", panel.glyphs.displayed(text).c_str());
  if (ImGui::IsItemClicked()) panel.ask(DismissNotice{});
}

}  // namespace attnscope
