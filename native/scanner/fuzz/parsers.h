// SPDX-License-Identifier: GPL-2.0-only
// Our own parsers, each as one pure function over bytes, for fuzzing and for counting what an input costs. No engine,
// no sandbox, no libarchive.
#pragma once
#include <array>
#include <string_view>

#include "base/bytes.h"
#include "base/work.h"

namespace lazaret::fuzz {

struct Parser {
  std::string_view name;
  void (*run)(Bytes bytes, Work& work);
};

// Of this name; its `run` is null where there is none.
Parser findParser(std::string_view name);

}  // namespace lazaret::fuzz
