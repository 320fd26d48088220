// NumPy's .npy files, version 1.0, for numbers that go to other programs. Reading them is left to those.
// Source: "A Simple File Format for NumPy Arrays" (NEP 1).
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

namespace attnscope {

// Writes an array in C order; `shape` may be empty (one number) and may hold zeros. The file appears under its name
// only when it is whole. Throws InputError for a path that cannot be written, Error where the disk is full or where
// `values` are not as many as the shape has.
void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape, std::span<const float> values);
void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape,
               std::span<const std::int32_t> values);
void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> values);

}  // namespace attnscope
