// The picture that painters draw into: its sizes, and what it forgets.
#include "render/render_target.h"

#include <gtest/gtest.h>

#include "canvas.h"
#include "core/error.h"

namespace attnscope {
namespace {

TEST(RenderTarget, KeepsItsPictureWhereTheSizeIsEqual) {
  Canvas canvas(3, 2, {1, 0, 0, 1});
  const GLuint texture = canvas.target.texture();
  canvas.target.resize(3, 2);
  EXPECT_EQ(canvas.target.texture(), texture);
  EXPECT_EQ(canvas.take().at(2, 1), (std::array<std::uint8_t, 4>{255, 0, 0, 255}));
  canvas.target.resize(5, 4);
  canvas.target.clear({0, 1, 0, 0.2F});
  EXPECT_EQ(canvas.take().at(4, 3), (std::array<std::uint8_t, 4>{0, 255, 0, 51}));
}

TEST(RenderTarget, RefusesSizesThatNoDriverDraws) {
  Canvas canvas(3, 2);
  for (const auto& [width, height] : {std::pair{0, 2}, std::pair{3, -1}, std::pair{1 << 20, 2}}) {
    EXPECT_THROW(canvas.target.resize(width, height), Error) << width << ' ' << height;
  }
  EXPECT_EQ(canvas.target.width(), 3);
  EXPECT_EQ(canvas.target.height(), 2);
}

}  // namespace
}  // namespace attnscope
