// The whole window without a display, with the bundled model: driven by events, its clock moved by the test. Waiting
// for what is computed is here; what is to be seen is the tests' matter.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "app/window_input.h"
#include "app/window_stage.h"
#include "attention/ops.h"
#include "core/jobs.h"
#include "driver.h"
#include "session/workspace.h"

namespace attnscope {

class WholeWindow : public Driver {
 public:
  struct Options {
    int width = 960;
    int height = 640;
    bool measures = false;
    bool reduced_motion = false;
    Theme theme = Theme::dark;
    bool first_example = true;  // opens it and waits for it
  };
  WholeWindow() : WholeWindow(Options{}) {}
  explicit WholeWindow(const Options& options);

  Window& window() override { return window_; }
  Frame& frame() override { return stage_.frame(); }
  Probe& probe() override { return stage_.ui().probe(); }
  Workspace& workspace() { return *workspace_; }
  const View& view() const { return workspace_->view(); }
  const Palette& colors() const { return palette(workspace_->settings().theme); }
  bool animating() const { return stage_.animating(); }
  // Draws the frame again, with its pixels: other frames leave them out, which saves a test most of its time.
  Image picture() override;

  // Moves the clock, which moves by a sixtieth of a second with each frame besides.
  void pass(double seconds) { now_ += seconds; }
  // Frames, while the clock stands, until captures have ended and all that is on screen was computed; throws
  // std::runtime_error after a minute.
  void wait();
  // The same, and everything that moves has come to rest.
  void rest();
  // Carries out a command as if a panel had asked for it, and rests.
  void run(const Command& command);
  // Carries out OpenText and rests.
  void open(const std::string& text);

  // What is typed, as the window gets it from the desktop: one character after the other.
  void type_whole(const std::string& utf8);
  void drop(const std::filesystem::path& path);

  // The cell of the map at a query and key of the context, as a point of the screen; at (0, 0) its upper left corner.
  ImVec2 cell(std::int64_t query, std::int64_t key, ImVec2 at = {0.5F, 0.5F});
  // A token of the document by its text without spaces: the `which`-th, from 1.
  std::int64_t token(const std::string& text, std::int64_t which = 1);
  // The weights of the picked token's row or column, at rest.
  std::vector<float> weights();

 protected:
  void draw_frame() override { draw_at(now_ += 1.0 / 60); }

 private:
  // Rung by workers when something was computed.
  class Bell {
   public:
    void ring();
    void wait();

   private:
    std::mutex mutex_;
    std::condition_variable heard_;
    bool rung_ = false;
  };
  void draw_at(double now, bool with_pixels = false);
  void leave_out_pixels();
  bool computed() const;

  Bell bell_;
  Pool pool_{2};
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Workspace> workspace_;
  Window window_;
  WindowStage stage_;
  WindowInput input_;
  double now_ = 0;
  double last_input_ = 0;
  bool with_pixels_ = false;
};

// The assets of the source tree.
std::filesystem::path assets_folder();
// The bundled story, 287 tokens or so: long enough for reading mode.
std::string sample_text();

// How many pixels of a part of the screen differ between two pictures of one size.
int changed_pixels(const Image& before, const Image& after, ImVec2 min, ImVec2 max);

}  // namespace attnscope
