// attnscope [FILE]: the window, until it is closed.
#include <GLFW/glfw3.h>
#include <imgui_internal.h>

#include <fstream>
#include <iterator>
#include <span>
#include <stop_token>

#include "app/commands.h"
#include "app/desk.h"
#include "app/window.h"
#include "app/window_input.h"
#include "app/window_stage.h"
#include "formats/output_file.h"

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
        stage_(desk_.workspace(), window_, desk_.workspace().settings().scale),
        input_(window_, stage_.aliases()) {
    load_layout(desk_.layout_file());
    desk_.open();
  }

  // Until the window is closed or the program is asked to end; what is to be remembered is written in either case.
  void run() {
    const std::stop_token& ended = context_.surroundings().stop;
    const std::stop_callback wake(ended, [] { glfwPostEmptyEvent(); });
    while (glfwWindowShouldClose(window_.handle()) == GLFW_FALSE && !desk_.workspace().transient().quit &&
           !ended.stop_requested()) {
      stage_.frame().wait(stage_.animating(), stage_.due_in());
      draw();
    }
    remember();
    context_.job().throw_if_stopped();
  }

 private:
  void draw() {
    const double now = glfwGetTime();
    if (!ImGui::GetCurrentContext()->InputEventsQueue.empty()) last_input_ = now;
    for (const std::filesystem::path& path : input_.take_dropped()) desk_.workspace().execute(OpenFile{path});
    stage_.draw(now, last_input_);
    update_title();
  }

  void update_title() {
    const Document* document = desk_.workspace().document();
    const std::string title = document == nullptr ? "attnscope" : document->name() + " – attnscope";
    if (title == title_) return;
    title_ = title;
    glfwSetWindowTitle(window_.handle(), title.c_str());
  }

  void remember() {
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

  Context& context_;
  Desk desk_;
  Window window_;
  WindowStage stage_;
  WindowInput input_;
  std::string title_;
  double last_input_ = 0;
};

}  // namespace

void open_window(Context& context, const DeskOptions& options) { WindowLoop(context, options).run(); }

}  // namespace attnscope
