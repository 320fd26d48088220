#include "app/show_row.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "app/table.h"
#include "app/terminal_text.h"
#include "app/token_label.h"

namespace attnscope {
namespace {

constexpr int widest_bar = 40;
constexpr int other_columns = 36;  // what a line needs beside its bar
constexpr std::array<const char*, 8> eighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

// A bar of up to `width` columns, in steps of an eighth of one; at least one step for what is not zero.
std::string bar(double share, int width) {
  int steps = static_cast<int>(std::lround(share * width * 8));
  if (steps == 0 && share > 0) steps = 1;
  std::string text;
  for (; steps >= 8; steps -= 8) text += "█";
  return text + eighths.at(static_cast<std::size_t>(steps));
}

// Places in the context of the largest weights, descending; equal ones in the order of the text. Weights that would
// read .00 are left out, unless all would.
std::vector<std::size_t> largest(const std::vector<float>& weights, std::int64_t count) {
  std::vector<std::size_t> places(weights.size());
  std::iota(places.begin(), places.end(), 0);
  std::erase_if(places, [&](std::size_t place) { return std::isnan(weights[place]) || weights[place] <= 0; });
  const auto end = places.begin() + std::min(std::ssize(places), static_cast<std::ptrdiff_t>(count));
  std::partial_sort(places.begin(), end, places.end(), [&](std::size_t a, std::size_t b) {
    return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
  });
  places.erase(end, places.end());
  constexpr float reads_zero = 0.005F;
  while (places.size() > 1 && weights[places.back()] < reads_zero) places.pop_back();
  return places;
}

double sum_of(const std::vector<float>& weights) {
  return std::accumulate(weights.begin(), weights.end(), 0.0,
                         [](double sum, float weight) { return std::isnan(weight) ? sum : sum + weight; });
}

// Parts of a row of P add up to 1 (less where the layer has learned sinks); those of a column to whatever it gets.
std::string ledger(const ShownToken& shown, const std::vector<std::size_t>& places) {
  const double all = sum_of(shown.weights);
  double listed = 0;
  for (const std::size_t place : places) listed += shown.weights[place];
  if (shown.direction == Direction::attended_by) {
    return "shown " + weight_text(listed, 2) + " of " + weight_text(all, 2) + " that it gets from all tokens";
  }
  const double first = std::isnan(shown.weights[0]) ? 0 : shown.weights[0];
  if (std::find(places.begin(), places.end(), std::size_t{0}) != places.end()) listed -= first;
  std::string text = "shown " + weight_text(listed, 2) + ", first token " + weight_text(first, 2) + ", rest " +
                     weight_text(std::max(0.0, all - listed - first), 2);
  constexpr double visible_sink = 0.005;
  if (1 - all > visible_sink) text += ", learned sink " + weight_text(1 - all, 2);
  return text;
}

}  // namespace

void print_bars(const Console& console, const CaptureInfo& info, const ShownToken& shown, std::int64_t rows,
                const std::vector<std::string>& how) {
  const std::string bold = console.colour ? "\x1b[1m" : "";
  const std::string dim = console.colour ? "\x1b[2m" : "";
  const std::string bar_colour = console.colour ? "\x1b[36m" : "";
  const std::string plain = console.colour ? "\x1b[0m" : "";
  std::ostream& out = console.out;
  const bool to = shown.direction == Direction::attends_to;
  out << bold << escaped_line(info.model) << ", layer " << shown.layer << ", head " << shown.head << ": token "
      << shown.token << " " << token_label(info, shown.token) << " of " << info.count
      << (to ? " attends to" : " is attended by") << plain << '\n';
  for (const std::string& line : how) out << dim << line << plain << '\n';

  const std::vector<std::size_t> places = largest(shown.weights, rows);
  if (places.empty()) {
    out << (to ? "this token sees nothing\n" : "no token sees this token\n");
    return;
  }
  const double strongest = shown.weights[places.front()];
  const int width = std::clamp(console.width - other_columns, 8, widest_bar);
  Table table({{to ? "key" : "query"}, {"weight"}, {"text", Align::left}, {"", Align::left}});
  for (const std::size_t place : places) {
    const std::int64_t token = info.first + static_cast<std::int64_t>(place);
    std::string coloured = bar_colour;
    coloured.append(bar(shown.weights[place] / strongest, width)).append(plain);
    table.add({std::to_string(token), weight_text(shown.weights[place], 2), token_label(info, token), coloured});
  }
  table.print(out);
  out << dim << ledger(shown, places) << plain << '\n';
}

}  // namespace attnscope
