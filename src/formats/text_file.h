// Reading texts: any bytes that are not obviously something else. What the bytes say is left to the text room.
#pragma once
#include <filesystem>
#include <istream>
#include <stop_token>
#include <string>

namespace attnscope {

// The whole of a stream, which messages call `name`. Throws InputError where it is empty, larger than 1 GiB, or has a
// NUL byte within the first 8 KiB (no text has one); what the stream itself throws is passed on.
std::string read_text_stream(std::istream& in, const std::string& name);

// The same of a regular file. Throws InputError where there is none or it cannot be read, Stopped where the stop comes
// first.
std::string read_text_file(const std::filesystem::path& path, const std::stop_token& stop);

}  // namespace attnscope
