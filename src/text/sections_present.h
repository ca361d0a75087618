// Which sections of the binary format a module will have: what decides where custom sections are.
#pragma once

#include "binary/sections.h"
#include "wasm/module.h"

namespace skerry::text {

bool has_section(const Module& module, SectionId id);

}  // namespace skerry::text
