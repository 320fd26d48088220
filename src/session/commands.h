// Everything a person can ask for, as values: panels, keys, the palette and tests all say the same words. Workspace
// carries them out.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "session/view.h"

namespace attnscope {

enum class Theme : std::uint8_t { dark, light };
enum class PanelName : std::uint8_t { text, map, heads, why, arcs, cost };
enum class Overlay : std::uint8_t { none, palette, keys, go_to, find };

// Looking.
struct PickToken {
  std::optional<std::int64_t> token;  // none: nothing is picked any more
};
struct PickPair {
  std::int64_t query = 0;
  std::int64_t key = 0;
};
struct PickHead {
  std::int64_t layer = 0;
  std::int64_t head = 0;
};
// The next or previous one; at the end of the range nothing happens.
struct StepToken {
  std::int64_t by = 1;
};
struct StepStrength {
  std::int64_t by = 1;  // 1: the next weaker link of the picked token, -1: the next stronger
};
struct StepHead {
  std::int64_t by = 1;
};
struct StepLayer {
  std::int64_t by = 1;
};
struct SetDirection {
  Direction direction = Direction::attends_to;
};
struct SetPool {
  Pool2d pool = Pool2d::max;
};
struct SetScale {
  WeightScale scale = WeightScale::logarithmic;
};
struct SetCut {
  double cut = 0.7;
};
struct SetEveryone {
  bool everyone = true;
};
struct MoveMap {
  MapCamera camera;
};
struct Undo {};
struct Redo {};

// Texts and captures.
struct EditText {
  std::string text;  // captured when nothing has been typed for a quarter of a second
};
struct OpenText {
  std::string text;
  std::string name;
};
struct OpenFile {
  std::filesystem::path path;  // a text or a capture file
};
struct OpenExample {
  std::size_t index = 0;
};
struct OpenSynthetic {
  std::int64_t tokens = 0;
};
struct UseModel {
  std::string model;
};
struct CaptureFrom {
  std::int64_t token = 0;
};
struct StopCapture {};

// The window.
struct SetTheme {
  Theme theme = Theme::dark;
};
struct SetReducedMotion {
  bool reduced = false;
};
struct PlayArcs {};
struct FocusPanel {
  PanelName panel = PanelName::text;
};
struct ShowOverlay {
  Overlay overlay = Overlay::none;
};
struct ResetLayout {};
struct DismissNotice {};
struct Quit {};

using Command = std::variant<PickToken, PickPair, PickHead, StepToken, StepStrength, StepHead, StepLayer, SetDirection,
                             SetPool, SetScale, SetCut, SetEveryone, MoveMap, Undo, Redo, EditText, OpenText, OpenFile,
                             OpenExample, OpenSynthetic, UseModel, CaptureFrom, StopCapture, SetTheme, SetReducedMotion,
                             PlayArcs, FocusPanel, ShowOverlay, ResetLayout, DismissNotice, Quit>;

}  // namespace attnscope
