// Tables of text with aligned columns.
#pragma once
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace attnscope {

enum class Align : std::uint8_t { left, right };

struct Column {
  std::string title;
  Align align = Align::right;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // One cell for each column.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Two spaces between columns, no spaces at the end of a line. Widths are those of a terminal.
  void print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A weight of 0 to 1 with `digits` decimals and no leading zero: ".41", "1.00"; "-" for NaN, which stands for masked.
std::string weight_text(double weight, int digits);
// Any number with four decimals; "-" for NaN.
std::string number_text(double number);

}  // namespace attnscope
