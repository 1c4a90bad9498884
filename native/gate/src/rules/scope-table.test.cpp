// SPDX-License-Identifier: Apache-2.0
#include "rules/scope-table.h"

#include <doctest/doctest.h>

#include <string>

using namespace lazaret::gate;

TEST_CASE("table of texts: what was added is found, by its hash as by that of a prefix that went on") {
  TextTable<int> table;
  for (int at = 0; at < 1000; at++) table.add("/srv/" + std::to_string(at), at);
  for (int at = 0; at < 1000; at++) {
    const std::string text = "/srv/" + std::to_string(at);
    const int* found = table.find(text);
    REQUIRE(found != nullptr);
    CHECK(*found == at);
    CHECK(table.find(text, hashOf(std::to_string(at), hashOf("/srv/"))) == found);
  }
  CHECK(table.find("/srv/1000") == nullptr);
  CHECK(table.find("") == nullptr);
}

TEST_CASE("table of texts: the first of the same text stays, and an empty table has nothing") {
  TextTable<int> table;
  CHECK(table.empty());
  CHECK(table.find("a") == nullptr);
  table.add("a", 1);
  table.add("a", 2);
  CHECK(*table.find("a") == 1);
  CHECK(table.mayHave(1));
  CHECK_FALSE(table.mayHave(2));
}

TEST_CASE("table of texts: of lengths beyond 4,095 none is ruled out") {
  TextTable<int> table;
  table.add(std::string(5000, 'x'), 1);
  CHECK(table.mayHave(6000));
  CHECK(*table.find(std::string(5000, 'x')) == 1);
}
