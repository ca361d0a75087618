// The facts as tables for people and as JSON for scripts.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/inspection.h"
#include "cli/text_table.h"
#include "embed/report.h"

namespace skerry::cli {
namespace {

using Json = nlohmann::ordered_json;
using Row = TableRow;

std::string items_text(std::string_view title, const std::vector<ItemFacts>& items) {
  if (items.empty()) return {};
  std::vector<Row> rows;
  for (const ItemFacts& item : items) {
    const std::string name = item.module.empty() ? item.name : item.module + "." + item.name;
    rows.push_back({embed::printable(name), item.type});
  }
  return fmt::format("\n{} ({}):\n{}", title, items.size(), text_table(rows, "<<"));
}

Json items_json(const std::vector<ItemFacts>& items, bool are_imports, bool have_names) {
  Json result = Json::array();
  for (const ItemFacts& item : items) {
    Json row;
    if (are_imports) row["module"] = item.module;
    if (have_names) row["name"] = item.name;
    row["kind"] = item.kind;
    row["type"] = item.type;
    row["index"] = item.index;
    result.push_back(std::move(row));
  }
  return result;
}

const FeatureInfo& feature_info(Feature feature) {
  return all_features()[static_cast<size_t>(feature)];
}

}  // namespace

std::string inspection_text(const Inspection& facts) {
  std::string result = fmt::format("{}: module in the {} format, {} bytes\n", facts.file,
                                   facts.is_text ? "text" : "binary", facts.size_bytes);
  if (facts.is_text) result += "(offsets and sizes are those of its binary form)\n";

  std::vector<Row> rows = {{"section", "offset", "bytes", "entries"}};
  for (const SectionFacts& section : facts.sections)
    rows.push_back({section.is_custom ? fmt::format("custom \"{}\"", embed::printable(section.name))
                                      : section.name,
                    fmt::format("{:#x}", section.offset), std::to_string(section.size_bytes),
                    section.is_custom ? "" : std::to_string(section.count)});
  result += "\nSections:\n" + text_table(rows, "<>>>");

  result += items_text("Imports", facts.imports);
  result += items_text("Exports", facts.exports);

  result += fmt::format(
      "\nSizes:\n  {} types, {} functions defined and {} imported, {} bytes of "
      "code, {} bytes of data\n",
      facts.types, facts.defined_funcs, facts.imported_funcs, facts.code_bytes, facts.data_bytes);
  for (const auto* items : {&facts.memories, &facts.tables})
    for (const ItemFacts& item : *items) result += fmt::format("  {}\n", item.type);

  if (!facts.largest_funcs.empty()) {
    rows = {};
    for (const FuncFacts& func : facts.largest_funcs)
      rows.push_back({std::to_string(func.size_bytes), fmt::format("func {}", func.index),
                      embed::printable(func.name)});
    result += "\nLargest functions, in bytes:\n" + text_table(rows, "><<");
  }

  rows = {};
  for (const FeatureUse& use : facts.features)
    rows.push_back({std::string(feature_info(use.feature).cli_name),
                    use.position == kNoPosition ? "by declaration"
                                                : fmt::format("first at {:#x}", use.position)});
  result += rows.empty() ? "\nFeatures: WebAssembly 1.0 is enough\n"
                         : "\nFeatures used beyond WebAssembly 1.0:\n" + text_table(rows, "<<");
  return result;
}

std::string inspection_json(const Inspection& facts) {
  Json json;
  json["file"] = facts.file;
  json["format"] = facts.is_text ? "text" : "binary";
  json["size_bytes"] = facts.size_bytes;
  json["sections"] = Json::array();
  for (const SectionFacts& section : facts.sections) {
    Json row;
    row["name"] = section.name;
    row["custom"] = section.is_custom;
    row["offset"] = section.offset;
    row["size_bytes"] = section.size_bytes;
    if (!section.is_custom) row["entries"] = section.count;
    json["sections"].push_back(std::move(row));
  }
  json["imports"] = items_json(facts.imports, true, true);
  json["exports"] = items_json(facts.exports, false, true);
  json["memories"] = items_json(facts.memories, false, false);
  json["tables"] = items_json(facts.tables, false, false);
  json["globals"] = items_json(facts.globals, false, false);
  json["types"] = facts.types;
  json["functions"] = {{"imported", facts.imported_funcs},
                       {"defined", facts.defined_funcs},
                       {"code_bytes", facts.code_bytes}};
  json["functions"]["largest"] = Json::array();
  for (const FuncFacts& func : facts.largest_funcs)
    json["functions"]["largest"].push_back(
        {{"index", func.index}, {"name", func.name}, {"size_bytes", func.size_bytes}});
  json["data_bytes"] = facts.data_bytes;
  json["features"] = Json::array();
  for (const FeatureUse& use : facts.features)
    json["features"].push_back(feature_info(use.feature).cli_name);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace skerry::cli
