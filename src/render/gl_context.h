// An OpenGL context that needs no display: for pictures written to files, for tests, and for machines without a screen.
// A window on a desktop has a context of its own (app/window.h). Drawing is left to those who hold it.
#pragma once

namespace attnscope {

// OpenGL 4.5 core from the first EGL device that offers it (EGL_EXT_platform_device): a graphics card where its driver
// is there, else Mesa's software renderer. Current on the thread that made it until it is destroyed, which must be on
// that thread too; one at a time in a process. There is no default framebuffer: draw to one of your own. The functions
// of <glad/gl.h> are loaded.
class GlContext {
 public:
  // Throws Error, which names what is missing and the packages that bring it.
  GlContext();
  ~GlContext();
  GlContext(const GlContext&) = delete;
  GlContext& operator=(const GlContext&) = delete;

 private:
  // Whether the device gave a context that is now current; nothing of it is kept otherwise.
  bool take(void* device);
  void release();

  void* display_ = nullptr;
  void* context_ = nullptr;
};

}  // namespace attnscope
