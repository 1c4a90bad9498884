// SPDX-License-Identifier: Apache-2.0
#include "reading/written-files.h"

#include <doctest/doctest.h>

using lazaret::gate::OwnerId;
using lazaret::gate::WrittenFiles;

TEST_CASE("written files: of one file one event waits, and each owner's come in their order") {
  WrittenFiles files;
  CHECK(files.keep(1, "one", "a"));
  CHECK(files.keep(1, "again", "a"));
  CHECK(files.keep(1, "two", "b"));
  std::vector<std::string> offered;
  files.offer([&](OwnerId, const std::string& event) {
    offered.push_back(event);
    return true;
  });
  CHECK(offered == std::vector<std::string>{"one", "two"});
  CHECK(files.empty());
  CHECK(files.keep(1, "later", "a"));
}

TEST_CASE("written files: what one owner cannot hand on keeps no other from it") {
  WrittenFiles files;
  files.keep(1, "slow", "a");
  files.keep(2, "quick", "b");
  std::vector<std::string> taken;
  files.offer([&](OwnerId owner, const std::string& event) {
    if (owner == 1) return false;
    taken.push_back(event);
    return true;
  });
  CHECK(taken == std::vector<std::string>{"quick"});
  CHECK_FALSE(files.empty());
}

TEST_CASE("written files: one owner fills no more than it leaves free") {
  WrittenFiles files(10 * (128 + 2));
  size_t kept = 0;
  while (files.keep(1, "e", std::string(1, static_cast<char>('a' + kept)))) kept++;
  CHECK(kept == 5);
  CHECK(files.keep(2, "e", "z"));
}
