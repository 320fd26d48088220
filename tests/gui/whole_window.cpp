#include "whole_window.h"

#include <glad/gl.h>
#include <imgui_internal.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "attention/select.h"
#include "text/utf8.h"
#include "ui/map_camera.h"

namespace attnscope {
namespace {

constexpr auto longest_wait = std::chrono::seconds(60);
constexpr auto longest_sleep = std::chrono::milliseconds(50);
constexpr int quiet_frames = 3;     // docking, focus and textures take a few
constexpr double longest_move = 8;  // seconds: the light on the arcs takes less than four

WorkspaceOptions options_of(const WholeWindow::Options& options) {
  WorkspaceOptions how;
  how.models = known_models(assets_folder(), "/nowhere");
  how.examples = load_examples(assets_folder() / "texts" / "examples.txt");
  how.settings.theme = options.theme;
  how.settings.reduced_motion = options.reduced_motion;
  how.model = "tiny";
  how.measures = options.measures;
  return how;
}

}  // namespace

void WholeWindow::Bell::ring() {
  const std::lock_guard lock(mutex_);
  rung_ = true;
  heard_.notify_all();
}

void WholeWindow::Bell::wait() {
  std::unique_lock lock(mutex_);
  heard_.wait_for(lock, longest_sleep, [this] { return rung_; });
  rung_ = false;
}

WholeWindow::WholeWindow(const Options& options)
    : backend_(select_backend("auto", "")),
      workspace_(std::make_unique<Workspace>(*backend_, pool_, options_of(options), [this] { bell_.ring(); })),
      window_({.headless = true, .width = options.width, .height = options.height}),
      stage_(*workspace_, window_, 0),
      input_(window_, stage_.aliases()) {
  stage_.ui().probe().turn_on();
  leave_out_pixels();
  if (options.first_example) run(OpenExample{0});
}

// Panels' own pictures are drawn in every frame; what is left out is the last step, which puts all on the screen.
void WholeWindow::leave_out_pixels() {
  ImGuiContextHook hook;
  hook.Type = ImGuiContextHookType_RenderPost;
  hook.UserData = &with_pixels_;
  hook.Callback = [](ImGuiContext* /*context*/, ImGuiContextHook* called) {
    if (!*static_cast<const bool*>(called->UserData)) glEnable(GL_RASTERIZER_DISCARD);
  };
  ImGui::AddContextHook(ImGui::GetCurrentContext(), &hook);
}

void WholeWindow::draw_at(double now, bool with_pixels) {
  with_pixels_ = with_pixels;
  glDisable(GL_RASTERIZER_DISCARD);
  if (!ImGui::GetCurrentContext()->InputEventsQueue.empty()) last_input_ = now;
  for (const std::filesystem::path& path : input_.take_dropped()) workspace_->execute(OpenFile{path});
  stage_.draw(now, last_input_);
}

Image WholeWindow::picture() {
  draw_at(now_, true);
  return frame().picture();
}

bool WholeWindow::computed() const {
  const CaptureStage stage = workspace_->capture_status().stage;
  const bool at_work = stage == CaptureStage::opening || stage == CaptureStage::computing;
  return !at_work && !workspace_->engine().busy();
}

void WholeWindow::wait() {
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  for (int quiet = 0; quiet < quiet_frames;) {
    draw_at(now_);
    quiet = computed() ? quiet + 1 : 0;
    if (quiet == 0) bell_.wait();
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("nothing came for a minute");
  }
}

void WholeWindow::rest() {
  wait();
  // What was waited for may move something of its own, but not for ever.
  for (int i = 0; i < 3; ++i) {
    pass(longest_move);
    wait();
    if (!animating()) return;
  }
}

void WholeWindow::run(const Command& command) {
  workspace_->execute(command);
  rest();
}

void WholeWindow::open(const std::string& text) { run(OpenText{text, "a text"}); }

void WholeWindow::type_whole(const std::string& utf8) {
  const GLFWcharfun typed = glfwSetCharCallback(window_.handle(), nullptr);
  glfwSetCharCallback(window_.handle(), typed);
  for (std::size_t at = 0; at < utf8.size();) {
    const DecodedPart part = decode_utf8(utf8, at);
    typed(window_.handle(), part.code_point);
    at += part.length;
  }
  frames();
}

void WholeWindow::drop(const std::filesystem::path& path) {
  const GLFWdropfun dropped = glfwSetDropCallback(window_.handle(), nullptr);
  glfwSetDropCallback(window_.handle(), dropped);
  const char* name = path.c_str();
  dropped(window_.handle(), 1, &name);
  frames();
}

ImVec2 WholeWindow::cell(std::int64_t query, std::int64_t key, ImVec2 at) {
  const Probe::Rectangle map = rectangle("map");
  const MapFrame frame = frame_of(view().map, workspace_->document()->info().count, map.min, map.max.x - map.min.x);
  return {frame.x(static_cast<double>(key) + at.x), frame.y(static_cast<double>(query) + at.y)};
}

std::int64_t WholeWindow::token(const std::string& text, std::int64_t which) {
  return workspace_->document()->find_token(text, which);
}

std::vector<float> WholeWindow::weights() {
  rest();
  const auto weights = workspace_->weights();
  if (weights == nullptr) throw std::runtime_error("no weights: is a token picked?");
  return weights->p;
}

std::filesystem::path assets_folder() { return ATTNSCOPE_TEST_ASSETS; }

std::string sample_text() {
  std::ifstream in(assets_folder() / "texts" / "sample.txt", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

int changed_pixels(const Image& before, const Image& after, ImVec2 min, ImVec2 max) {
  int changed = 0;
  for (int y = static_cast<int>(min.y); y < static_cast<int>(max.y); ++y) {
    for (int x = static_cast<int>(min.x); x < static_cast<int>(max.x); ++x)
      changed += before.at(x, y) != after.at(x, y);
  }
  return changed;
}

}  // namespace attnscope
