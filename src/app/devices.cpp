// attnscope devices: what this machine can compute on.
#include <unistd.h>

#include "app/commands.h"
#include "app/table.h"
#include "attention/select.h"

namespace attnscope {
namespace {

std::string gibibytes(std::int64_t bytes) {
  const double value = static_cast<double>(bytes) / static_cast<double>(std::int64_t{1} << 30);
  std::string text = number_text(value);
  return text.substr(0, text.size() - 3) + " GiB";  // one decimal
}

void print_devices(Context& context) {
  Table backends({{"backend", Align::left}, {"usable", Align::left}, {"", Align::left}});
  for (const BackendInfo& info : list_backends()) backends.add({info.name, info.usable ? "yes" : "no", info.detail});
  std::ostream& out = context.console().out;
  backends.print(out);
  const std::int64_t page = ::sysconf(_SC_PAGESIZE);
  out << "\nused by default: " << context.make_backend("auto")->name() << '\n'
      << "cores: " << context.job().pool.threads() << '\n'
      << "memory: " << gibibytes(page * ::sysconf(_SC_PHYS_PAGES)) << ", of it free "
      << gibibytes(page * ::sysconf(_SC_AVPHYS_PAGES)) << '\n';
}

}  // namespace

void add_devices(CLI::App& program, Action& action) {
  CLI::App& command = *program.add_subcommand("devices", "What this machine can compute on");
  command.callback([&action] { action = print_devices; });
}

}  // namespace attnscope
