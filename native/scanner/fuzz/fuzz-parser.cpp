// SPDX-License-Identifier: GPL-2.0-only
// One libFuzzer target for each parser; PARSER is its name.
#include <cstdlib>

#include "parsers.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const lazaret::fuzz::Parser parser = lazaret::fuzz::findParser(PARSER);
  if (!parser.run) std::abort();
  lazaret::Work work(size);
  parser.run({data, size}, work);
  return 0;
}
