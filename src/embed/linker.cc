// Look-up of imports, and errors that say what was wanted and what there is.
#include "embed/linker.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/nearest_name.h"
#include "embed/trap_report.h"

namespace skerry::embed {
namespace {

std::string joined(const std::vector<ValType>& types) {
  std::string result;
  for (ValType type : types)
    result += fmt::format("{}{}", result.empty() ? "" : ", ", skerry::to_string(type));
  return result;
}

std::string describe_limits(const Limits& limits, std::string_view unit) {
  std::string result = std::to_string(limits.min);
  if (limits.max)
    result += fmt::format("..{}", *limits.max);
  else
    result += " or more";
  return fmt::format("{} {}{}", result, unit, limits.is_64 ? ", 64-bit" : "");
}

struct Describer {
  const FuncType* func_type = nullptr;

  std::string operator()(const TableType& type) const {
    return fmt::format("table of {}, {}", skerry::to_string(type.element),
                       describe_limits(type.limits, "elements"));
  }
  std::string operator()(const MemoryType& type) const {
    return fmt::format("memory of {}{}", describe_limits(type.limits, "pages"),
                       type.is_shared ? ", shared" : "");
  }
  std::string operator()(const GlobalType& type) const {
    return fmt::format("global {}{}", type.is_mutable ? "mut " : "", skerry::to_string(type.type));
  }
  std::string operator()(const TagType&) const { return "tag"; }
  std::string operator()(uint32_t) const { return "func " + to_string(*func_type); }
};

}  // namespace

std::string to_string(const FuncType& type) {
  return fmt::format("({}) -> ({})", joined(type.params), joined(type.results));
}

std::string describe_import(const Module& module, const ExternType& type) {
  Describer describer;
  if (const auto* index = std::get_if<uint32_t>(&type)) {
    // Also of modules that have not been validated.
    if (*index >= module.types.size()) return "func of a type that is missing";
    describer.func_type = &module.types[*index].func;
  }
  return std::visit(describer, type);
}

std::string describe_item(const runtime::Store& store, const runtime::Extern& item) {
  const Describer describer;
  switch (runtime::kind_of(item)) {
    case ExternKind::Func:
      return "func " + to_string(store.func_type(std::get<runtime::Func>(item)));
    case ExternKind::Table: return describer(std::get<runtime::Table*>(item)->type());
    case ExternKind::Memory: return describer(std::get<runtime::Memory*>(item)->type());
    case ExternKind::Global: return describer(std::get<runtime::Global*>(item)->type());
    case ExternKind::Tag: break;
  }
  return "tag";
}

Linker::Items& Linker::items_of(std::string_view module) {
  auto place = modules_.find(module);
  if (place == modules_.end()) place = modules_.emplace(std::string(module), Items()).first;
  return place->second;
}

void Linker::define(std::string_view module, std::string_view name, runtime::Extern item) {
  items_of(module).insert_or_assign(std::string(name), std::vector<Item>{item});
}

void Linker::define_func(std::string_view module, std::string_view name, runtime::HostFunc func) {
  items_of(module).insert_or_assign(
      std::string(name),
      std::vector<Item>{std::make_shared<const runtime::HostFunc>(std::move(func))});
}

void Linker::add_func(std::string_view module, std::string_view name, runtime::HostFunc func) {
  items_of(module)[std::string(name)].push_back(
      std::make_shared<const runtime::HostFunc>(std::move(func)));
}

void Linker::define_instance(std::string_view module, runtime::Instance& instance) {
  Items items;
  for (const Export& row : instance.module().exports)
    items.emplace(row.name, std::vector<Item>{instance.item(row.kind, row.index)});
  modules_.insert_or_assign(std::string(module), std::move(items));
}

Result<runtime::Extern> Linker::find(std::string_view module, std::string_view name,
                                     const FuncType* type) {
  const auto items = modules_.find(module);
  if (items == modules_.end()) return fail(ErrorCode::UnknownImport);
  const auto place = items->second.find(name);
  if (place == items->second.end()) return fail(ErrorCode::UnknownImport);
  std::vector<Item>& candidates = place->second;
  const auto has_type = [&](const Item& item) {
    const auto* const func = std::get_if<std::shared_ptr<const runtime::HostFunc>>(&item);
    if (func) return (*func)->type == *type;
    const auto& found = std::get<runtime::Extern>(item);
    return runtime::kind_of(found) == ExternKind::Func &&
           store_.func_type(std::get<runtime::Func>(found)) == *type;
  };
  auto chosen = candidates.rbegin();
  if (type != nullptr && candidates.size() > 1) {
    chosen = std::find_if(candidates.rbegin(), candidates.rend(), has_type);
    if (chosen == candidates.rend()) chosen = candidates.rbegin();
  }
  if (const auto* func = std::get_if<std::shared_ptr<const runtime::HostFunc>>(&*chosen))
    *chosen = runtime::Extern(TRY(store_.add_host_func(*func)));
  return std::get<runtime::Extern>(*chosen);
}

Report Linker::unknown_import(const LoadedModule& module, uint32_t index) const {
  const Module& wanting = *module.parsed.module;
  const Import& import = wanting.imports[index];
  std::string suggestion;
  std::vector<std::string_view> names;
  if (const auto items = modules_.find(import.module); items != modules_.end()) {
    for (const auto& [name, item] : items->second) names.push_back(name);
    suggestion = did_you_mean(import.name, names);
  } else {
    for (const auto& [name, items_of_it] : modules_) names.push_back(name);
    suggestion = fmt::format("; no module `{}` is provided", import.module);
    if (const auto nearest = nearest_name(import.module, names))
      suggestion += fmt::format(", did you mean `{}`?", *nearest);
  }
  const Error error{ErrorCode::UnknownImport, kNoPosition, index};
  return report(error,
                fmt::format("{}: unknown import `{}` from `{}`{}", module.parsed.source->name(),
                            import.name, import.module, suggestion),
                fmt::format("  wanted: {}\n", describe_import(wanting, import.type)))
      .error();
}

Report Linker::incompatible_import(const LoadedModule& module, uint32_t index) {
  const Module& wanting = *module.parsed.module;
  const Import& import = wanting.imports[index];
  std::string details = fmt::format("  wanted:   {}\n", describe_import(wanting, import.type));
  if (const auto item = find(import.module, import.name))
    details += fmt::format("  provided: {}\n", describe_item(store_, *item));
  const Error error{ErrorCode::IncompatibleImport, kNoPosition, index};
  return report(error,
                fmt::format("{}: the import `{}` from `{}` has an incompatible type",
                            module.parsed.source->name(), import.name, import.module),
                details)
      .error();
}

Reported<runtime::Instance*> Linker::instantiate(const LoadedModule& module) {
  const Module& wanting = *module.parsed.module;
  std::vector<runtime::Extern> imports;
  imports.reserve(wanting.imports.size());
  for (uint32_t i = 0; i < wanting.imports.size(); ++i) {
    const Import& import = wanting.imports[i];
    const auto* const type = std::get_if<uint32_t>(&import.type);
    const auto item = find(import.module, import.name, type ? &wanting.types[*type].func : nullptr);
    if (!item && item.error().code == ErrorCode::UnknownImport)
      return std::unexpected(unknown_import(module, i));
    if (!item)
      return report(item.error(),
                    fmt::format("{}: {}", module.parsed.source->name(), explain(item.error())));
    imports.push_back(*item);
  }
  auto instance = runtime::instantiate(store_, module.code, imports);
  if (instance) return *instance;
  const Error error = instance.error();
  if (error.code == ErrorCode::IncompatibleImport && error.a < wanting.imports.size())
    return std::unexpected(incompatible_import(module, static_cast<uint32_t>(error.a)));
  const Phase phase = error_phase(error.code);
  if (phase == Phase::Unsupported || phase == Phase::Link || error.code == ErrorCode::OutOfMemory) {
    const Place place = locate(module.parsed, error.position);  // of an initialiser, if any
    return report(error, fmt::format("{}: {}", place.name, explain(error)), place.snippet);
  }
  return std::unexpected(failed_call(error, store_.backtrace(), std::span(&module, 1)));
}

}  // namespace skerry::embed
