// SPDX-License-Identifier: Apache-2.0
#include "judging/detected-table.h"

#include <doctest/doctest.h>

using lazaret::gate::DetectedTable;
using lazaret::gate::FileKey;

static FileKey file(uint64_t inode) {
  return {.device = 1, .inode = inode, .changedNs = 2, .modifiedNs = 3, .bytes = 4};
}

TEST_CASE("detected: a file in another state is another file") {
  DetectedTable table;
  table.add(file(1), 0, table.generation());
  CHECK(table.has(file(1)));
  FileKey changed = file(1);
  changed.changedNs++;
  CHECK_FALSE(table.has(changed));
}

TEST_CASE("detected: where the table is full, who has the most loses the oldest of its own") {
  DetectedTable table(4);
  table.add(file(1), 7, 1);
  for (uint64_t inode = 10; inode < 20; inode++) table.add(file(inode), 8, 1);
  CHECK(table.size() == 4);
  CHECK(table.has(file(1)));
  CHECK(table.has(file(19)));
  CHECK_FALSE(table.has(file(10)));
}

TEST_CASE("detected: what was judged before the table was cleared is not taken any more") {
  DetectedTable table;
  const uint32_t before = table.generation();
  table.add(file(1), 0, before);
  table.clear();
  CHECK_FALSE(table.has(file(1)));
  table.add(file(2), 0, before);
  CHECK_FALSE(table.has(file(2)));
  table.add(file(2), 0, table.generation());
  CHECK(table.has(file(2)));
}
