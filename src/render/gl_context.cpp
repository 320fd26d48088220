#include "render/gl_context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <glad/gl.h>

#include <algorithm>
#include <array>

#include "core/error.h"

namespace attnscope {
namespace {

// Unless told, EGL looks for a configuration with windows, which a device without a display does not have.
constexpr std::array<EGLint, 5> config_attributes{EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE,
                                                  EGL_OPENGL_BIT, EGL_NONE};
constexpr std::array<EGLint, 7> context_attributes{
    EGL_CONTEXT_MAJOR_VERSION,           4,       EGL_CONTEXT_MINOR_VERSION, 5, EGL_CONTEXT_OPENGL_PROFILE_MASK,
    EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
constexpr const char* remedy = "install a graphics driver or Mesa's software renderer (libegl-mesa0, libgl1-mesa-dri)";

}  // namespace

GlContext::GlContext() {
  const auto query = reinterpret_cast<PFNEGLQUERYDEVICESEXTPROC>(eglGetProcAddress("eglQueryDevicesEXT"));
  std::array<EGLDeviceEXT, 64> devices{};
  EGLint count = 0;
  if (query == nullptr || query(static_cast<EGLint>(devices.size()), devices.data(), &count) == EGL_FALSE) count = 0;
  if (count == 0) throw Error(std::string("no EGL device to draw with: ") + remedy);
  if (std::none_of(devices.begin(), devices.begin() + count, [this](EGLDeviceEXT device) { return take(device); })) {
    throw Error("none of the " + std::to_string(count) + " EGL devices offers OpenGL 4.5: " + remedy);
  }
}

bool GlContext::take(void* device) {
  display_ = eglGetPlatformDisplay(EGL_PLATFORM_DEVICE_EXT, device, nullptr);
  EGLConfig config = nullptr;
  EGLint count = 0;
  const bool ready = display_ != EGL_NO_DISPLAY && eglInitialize(display_, nullptr, nullptr) == EGL_TRUE &&
                     eglBindAPI(EGL_OPENGL_API) == EGL_TRUE &&
                     eglChooseConfig(display_, config_attributes.data(), &config, 1, &count) == EGL_TRUE && count == 1;
  if (ready) context_ = eglCreateContext(display_, config, EGL_NO_CONTEXT, context_attributes.data());
  if (context_ != EGL_NO_CONTEXT && eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) == EGL_TRUE &&
      gladLoadGL(eglGetProcAddress) != 0) {
    return true;
  }
  release();
  return false;
}

void GlContext::release() {
  if (display_ == EGL_NO_DISPLAY) return;
  if (context_ != EGL_NO_CONTEXT) {
    eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(display_, context_);
  }
  eglTerminate(display_);
  display_ = EGL_NO_DISPLAY;
  context_ = EGL_NO_CONTEXT;
}

GlContext::~GlContext() {
  release();
  eglReleaseThread();
}

}  // namespace attnscope
