// SPDX-License-Identifier: GPL-2.0-only
#include "base/ledger.h"

#include <doctest/doctest.h>

using namespace lazaret;

TEST_CASE("Ledger: all minus looked at is the number of rows") {
  Ledger ledger;
  CHECK(ledger.all() == 1);
  CHECK(ledger.lookedAt() == 1);
  ledger.addLookedAt(3);
  ledger.addUnscanned(Reason::encrypted, {"a"}, 5);
  ledger.addUnscanned(Reason::size, {"b"}, -1);
  CHECK(ledger.all() - ledger.lookedAt() == ledger.rows().size());
  ledger.addOuterUnscanned(Reason::time, 9);
  ledger.addOuterUnscanned(Reason::corrupted, 9);
  CHECK(ledger.rows().size() == 3);
  CHECK(ledger.all() - ledger.lookedAt() == 3);
}

TEST_CASE("Ledger: a threat at a container and within it is one, at the deepest place") {
  Ledger ledger;
  ledger.addThreat("T", false, {});
  ledger.addThreat("T", false, {"a.zip"});
  ledger.addThreat("T", false, {"a.zip", "b"});
  ledger.addThreat("T", true, {"a.zip"});
  ledger.addThreat("U", false, {"c"});
  ledger.finish();
  CHECK(ledger.threats().size() == 3);
  CHECK(ledger.threats()[0].layers == LayerPath{"a.zip", "b"});
}

TEST_CASE("Ledger: a row is found at its place and above it; the two kinds of encryption are one") {
  Ledger ledger;
  ledger.addUnscanned(Reason::password, {"a.zip", "b"}, 1);
  CHECK(ledger.hasRow({"a.zip", "b"}));
  CHECK_FALSE(ledger.hasRow({"a.zip"}));
  CHECK(ledger.hasReasonAt(Reason::encrypted, {"a.zip", "b"}));
  CHECK(ledger.hasReasonUnder(Reason::encrypted, {"a.zip"}));
  CHECK(ledger.hasReasonUnder(Reason::password, {}));
  CHECK_FALSE(ledger.hasReasonUnder(Reason::password, {"a.zi"}));
  CHECK_FALSE(ledger.hasReasonUnder(Reason::size, {}));
}

TEST_CASE("Ledger: a place too deep or too long to be told is found by its whole path, too") {
  Ledger ledger;
  const LayerPath deep(limits::layersInPathMax + 5, "x");
  ledger.addUnscanned(Reason::layers, deep, -1);
  CHECK(ledger.rows()[0].layers.size() == limits::layersInPathMax);
  CHECK(ledger.hasRow(deep));
  CHECK(ledger.hasReasonAt(Reason::layers, deep));
  CHECK(ledger.hasReasonUnder(Reason::layers, deep));
  const LayerPath longer = {std::string(limits::layersJsonBytesMax * 2, '\x01')};
  ledger.addUnscanned(Reason::size, longer, -1);
  CHECK(ledger.hasRow(longer));
}

TEST_CASE("Ledger: a size that nothing can have is not known") {
  Ledger ledger;
  ledger.addUnscanned(Reason::size, {"a"}, INT64_MAX);
  CHECK(ledger.rows()[0].bytes == (static_cast<uint64_t>(INT64_MAX) <= limits::rowBytesMax ? INT64_MAX : -1));
}
