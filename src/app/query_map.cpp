// query map: a rectangle of the attention matrix as an image of any size.
#include <array>
#include <memory>

#include "app/option_values.h"
#include "app/query_command.h"
#include "app/table.h"
#include "core/error.h"
#include "formats/npy.h"

namespace attnscope {
namespace {

struct MapOptions {
  QueryOptions query;
  std::vector<std::int64_t> rect;  // q0,q1,k0,k1, or empty for everything
  std::string size = "32x32";
  std::string pool = "max";
};

// The rectangle in places of the context, checked.
MapSpec spec_of(const MapOptions& options, const PixelSize& size, const CaptureInfo& info) {
  MapSpec spec{
      0, info.count, 0, info.count, size.height, size.width, options.pool == "max" ? Pool2d::max : Pool2d::mean};
  if (options.rect.empty()) return spec;
  if (options.rect.size() != 4)
    throw InputError("--rect takes four numbers q0,q1,k0,k1: queries q0 to q1 - 1, keys k0 to k1 - 1");
  const auto& rect = options.rect;
  const std::int64_t low = info.first;
  const std::int64_t high = info.first + info.count;
  for (std::size_t begin = 0; begin < 4; begin += 2) {
    if (rect[begin] < low || rect[begin] >= rect[begin + 1] || rect[begin + 1] > high) {
      throw InputError("--rect: " + std::to_string(rect[begin]) + "," + std::to_string(rect[begin + 1]) +
                       " is not a range of tokens within " + std::to_string(low) + "," + std::to_string(high));
    }
  }
  spec.q0 = rect[0] - low;
  spec.q1 = rect[1] - low;
  spec.k0 = rect[2] - low;
  spec.k1 = rect[3] - low;
  return spec;
}

void print_json(const Console& console, const QueriedHead& head, const MapSpec& spec, const std::string& pool,
                const std::vector<float>& image) {
  const std::int64_t first = head.info().first;
  const std::vector<std::int64_t> rect = {spec.q0 + first, spec.q1 + first, spec.k0 + first, spec.k1 + first};
  JsonWriter json(console.out);
  head.begin_json(json).key("rect").array<std::int64_t>(rect).key("pool").value(pool);
  json.key("image").matrix<float>(image, static_cast<std::size_t>(spec.h)).end_object();
  console.out << '\n';
}

// The first query of each pixel row at its left, the first key of each pixel column above it.
void print_table(const Console& console, const QueriedHead& head, const MapSpec& spec,
                 const std::vector<float>& image) {
  const std::int64_t first = head.info().first;
  std::vector<Column> columns = {{"query\\key"}};
  for (std::int64_t x = 0; x < spec.w; ++x) {
    columns.push_back({std::to_string(first + spec.k0 + pixel_cells(x, spec.w, spec.k1 - spec.k0).begin)});
  }
  Table table(std::move(columns));
  for (std::int64_t y = 0; y < spec.h; ++y) {
    std::vector<std::string> cells = {
        std::to_string(first + spec.q0 + pixel_cells(y, spec.h, spec.q1 - spec.q0).begin)};
    for (std::int64_t x = 0; x < spec.w; ++x) {
      cells.push_back(weight_text(image[static_cast<std::size_t>(y * spec.w + x)], 4));
    }
    table.add(std::move(cells));
  }
  table.print(console.out);
}

void answer(Context& context, const MapOptions& options) {
  if (options.pool != "max" && options.pool != "mean")
    throw InputError("--pool " + options.pool + ": takes max or mean");
  const PixelSize size = parse_size(options.size);
  QueriedHead head(context, options.query);
  const MapSpec spec = spec_of(options, size, head.info());
  const std::vector<float> image = head.reader().map(spec);
  if (!options.query.result.npy.empty()) {
    write_npy(options.query.result.npy, std::array<std::int64_t, 2>{spec.h, spec.w}, image);
  } else if (options.query.result.json) {
    print_json(context.console(), head, spec, options.pool, image);
  } else {
    print_table(context.console(), head, spec, image);
  }
}

}  // namespace

void add_map(CLI::App& query, Action& action) {
  const auto options = std::make_shared<MapOptions>();
  CLI::App& verb = add_verb(query, options->query, "map", "The attention matrix, or a part of it, pooled to an image");
  add_head_options(verb, options->query, true);
  add_numbers(verb, "--rect", options->rect, "queries q0 to q1 - 1 and keys k0 to k1 - 1, as q0,q1,k0,k1");
  verb.add_option("--size", options->size, "WIDTHxHEIGHT of the image")->capture_default_str();
  verb.add_option("--pool", options->pool, "what a pixel shows of its cells: max or mean")->capture_default_str();
  verb.callback([options, &action] { action = [options](Context& context) { answer(context, *options); }; });
}

}  // namespace attnscope
