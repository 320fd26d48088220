#include "attention/cuda/staging.h"

#include <algorithm>
#include <cstring>

namespace attnscope::cuda {

void lay_out(std::span<std::byte> part, std::size_t begin, std::size_t pitch, Rows<const std::byte> from,
             std::size_t row_bytes) {
  while (!part.empty()) {
    const std::size_t row = begin / pitch;
    const std::size_t column = begin % pitch;
    const std::size_t count = std::min(part.size(), pitch - column);
    const std::size_t real = column < row_bytes ? std::min(count, row_bytes - column) : 0;
    if (real > 0) std::memcpy(part.data(), from.data + row * from.pitch + column, real);
    std::memset(part.data() + real, 0, count - real);
    part = part.subspan(count);
    begin += count;
  }
}

void Staging::upload_rows(Rows<std::byte> to, Rows<const std::byte> from, std::size_t row_bytes, std::size_t rows) {
  const std::size_t total = to.pitch * rows;
  for (std::size_t begin = 0; begin < total;) {
    buffers_.wait(next_);
    const std::span<std::byte> buffer = buffers_.buffer(next_);
    const std::size_t count = std::min(buffer.size(), total - begin);
    lay_out(buffer.first(count), begin, to.pitch, from, row_bytes);
    buffers_.send(next_, to.data + begin, count);
    next_ ^= 1;
    begin += count;
  }
}

void Staging::download(std::byte* to, const std::byte* from, std::size_t bytes) {
  const std::size_t size = std::min(buffers_.buffer(0).size(), buffers_.buffer(1).size());
  const auto length = [&](std::size_t begin) { return std::min(size, bytes - begin); };
  if (bytes == 0) return;
  buffers_.receive(next_, from, length(0));
  for (std::size_t begin = 0; begin < bytes; begin += size) {
    const int here = next_;
    next_ ^= 1;
    if (begin + size < bytes) buffers_.receive(next_, from + begin + size, length(begin + size));
    buffers_.wait(here);
    std::memcpy(to + begin, buffers_.buffer(here).data(), length(begin));
  }
}

}  // namespace attnscope::cuda
