// A context without a display: it comes up, it is OpenGL 4.5, it can draw, and it goes without a trace.
#include "render/gl_context.h"

#include <EGL/egl.h>
#include <glad/gl.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "core/error.h"

namespace attnscope {
namespace {

TEST(GlContext, IsCurrentAndOffersOpenGl45Core) {
  const GlContext context;
  GLint major = 0, minor = 0, profile = 0;
  glGetIntegerv(GL_MAJOR_VERSION, &major);
  glGetIntegerv(GL_MINOR_VERSION, &minor);
  glGetIntegerv(GL_CONTEXT_PROFILE_MASK, &profile);
  EXPECT_GE(10 * major + minor, 45);
  EXPECT_EQ(profile, GL_CONTEXT_CORE_PROFILE_BIT);
}

TEST(GlContext, DrawsToATextureAndReadsItBack) {
  const GlContext context;
  GLuint texture = 0;
  glCreateTextures(GL_TEXTURE_2D, 1, &texture);
  glTextureStorage2D(texture, 1, GL_RGBA8, 2, 2);
  const std::array<std::uint8_t, 4> colour{10, 200, 30, 255};
  glClearTexImage(texture, 0, GL_RGBA, GL_UNSIGNED_BYTE, colour.data());
  std::array<std::uint8_t, 16> pixels{};
  glGetTextureImage(texture, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels.size(), pixels.data());
  EXPECT_EQ(pixels,
            (std::array<std::uint8_t, 16>{10, 200, 30, 255, 10, 200, 30, 255, 10, 200, 30, 255, 10, 200, 30, 255}));
  EXPECT_EQ(glGetError(), GLenum{GL_NO_ERROR});
  glDeleteTextures(1, &texture);
}

TEST(GlContext, IsGoneWhenDestroyedAndCanBeMadeAgain) {
  for (int i = 0; i < 2; ++i) {
    {
      const GlContext context;
      EXPECT_NE(eglGetCurrentContext(), EGL_NO_CONTEXT);
    }
    EXPECT_EQ(eglGetCurrentContext(), EGL_NO_CONTEXT);
  }
}

// Each test is a process of its own under ctest, so the environment ends with it.
TEST(GlContext, SaysWhatIsMissingWhereNoDeviceOffersOpenGl45) {
  ::setenv("MESA_GL_VERSION_OVERRIDE", "3.3", 1);
  try {
    const GlContext context;
    FAIL() << "a context of OpenGL 3.3 was taken for 4.5";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("OpenGL 4.5"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("libgl1-mesa-dri"), std::string::npos) << error.what();
  }
  ::unsetenv("MESA_GL_VERSION_OVERRIDE");
}

}  // namespace
}  // namespace attnscope
