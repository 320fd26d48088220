// attnscope [FILE]: the window, until it is closed.
#include <GLFW/glfw3.h>
#include <imgui_impl_glfw.h>
#include <imgui_internal.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "app/commands.h"
#include "app/desk.h"
#include "app/frame.h"
#include "app/window.h"
#include "app/window_input.h"
#include "formats/output_file.h"
#include "ui/window_ui.h"

namespace attnscope {
namespace {

// The layout of the panels as it was left; ImGui's own text, which it reads forgivingly.
void load_layout(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!text.empty()) ImGui::LoadIniSettingsFromMemory(text.data(), text.size());
}

void save_layout(const std::filesystem::path& file) {
  std::size_t size = 0;
  const char* text = ImGui::SaveIniSettingsToMemory(&size);
  std::error_code unmade;  // writing says what is wrong
  std::filesystem::create_directories(file.parent_path(), unmade);
  OutputFile out(file);
  out.write(0, std::as_bytes(std::span(text, size)));
  out.finish();
}

class WindowLoop {
 public:
  WindowLoop(Context& context, const DeskOptions& options)
      : context_(context),
        desk_(context, options, true, [] { glfwPostEmptyEvent(); }),
        window_({false, desk_.workspace().settings().width, desk_.workspace().settings().height}),
        frame_(window_, desk_.workspace().settings().scale),
        ui_(library_.load(*ImGui::GetIO().Fonts), library_.aliases()),
        input_(window_, library_.aliases()) {
    load_layout(desk_.layout_file());
    desk_.open();
  }

  void run() {
    while (glfwWindowShouldClose(window_.handle()) == GLFW_FALSE && !desk_.workspace().transient().quit) {
      context_.job().throw_if_stopped();
      frame_.wait(ui_.animating() || changed_, desk_.workspace().due_in());
      draw();
    }
    int width = 0;
    int height = 0;
    glfwGetWindowSize(window_.handle(), &width, &height);
    Settings& settings = desk_.workspace().settings();
    if (glfwGetWindowAttrib(window_.handle(), GLFW_MAXIMIZED) == GLFW_FALSE && width > 0 && height > 0) {
      settings.width = width;
      settings.height = height;
    }
    desk_.save_settings();
    save_layout(desk_.layout_file());
  }

 private:
  void draw() {
    Workspace& workspace = desk_.workspace();
    ui_.prepare(workspace, frame_.scale());
    frame_.begin();
    const double now = glfwGetTime();
    if (ImGui::GetCurrentContext()->InputEventsTrail.Size > 0) last_input_ = now;
    workspace.begin_frame(now);
    std::vector<Command> commands = ui_.draw(workspace, now);
    for (const std::filesystem::path& path : input_.take_dropped()) commands.emplace_back(OpenFile{path});
    for (const Command& command : commands) workspace.execute(command);
    workspace.end_frame(last_input_);
    frame_.end();
    changed_ = !commands.empty();
    update_title();
  }

  void update_title() {
    const Document* document = desk_.workspace().document();
    const std::string title = document == nullptr ? "attnscope" : document->name() + " – attnscope";
    if (title == title_) return;
    title_ = title;
    glfwSetWindowTitle(window_.handle(), title.c_str());
  }

  Context& context_;
  Desk desk_;
  Window window_;
  Frame frame_;
  FontLibrary library_;
  WindowUi ui_;
  WindowInput input_;
  std::string title_;
  double last_input_ = 0;
  bool changed_ = true;  // commands of the last frame show in the next
};

}  // namespace

void open_window(Context& context, const DeskOptions& options) { WindowLoop(context, options).run(); }

}  // namespace attnscope
