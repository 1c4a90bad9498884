// SPDX-License-Identifier: Apache-2.0
#include "mounts/mount-table.h"

#include <doctest/doctest.h>

using namespace lazaret::gate;

TEST_CASE("mountinfo: fields, tags in any number, and names with blanks") {
  const auto mounts = parseMountInfo(
      "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n"
      "37 35 0:50 / /x rw - overlay overlay rw,lowerdir=/a\\054b:/c,upperdir=/u\n");
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].id == 36);
  CHECK(mounts[0].device == "98:0");
  CHECK(mounts[0].root == "/mnt1");
  CHECK(mounts[0].mountPoint == "/mnt 2");
  CHECK(mounts[0].type == "ext3");
  CHECK(mounts[0].source == "/dev/root");
  CHECK(mountOptions(mounts[1], "upperdir") == std::vector<std::string>{"/u"});
  CHECK(mountOptions(mounts[1], "lowerdir") == std::vector<std::string>{"/a,b:/c"});
  CHECK(mountOptions(mounts[1], "upper").empty());
}

TEST_CASE("mountinfo: lines that are none are left out, the others stay") {
  const auto mounts =
      parseMountInfo("nonsense\n\n1 2 3\n0 1 8:1 / / rw - ext4 /dev/a rw\n38 1 8:1 / / rw - ext4 /dev/a\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].id == 38);
  CHECK(mounts[0].options.empty());
}

TEST_CASE("mountinfo: an escape that is cut or no number stays as it is") {
  const auto mounts = parseMountInfo("38 1 8:1 / /a\\04 rw - ext4 \\9zz rw\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].mountPoint == "/a\\04");
  CHECK(mounts[0].source == "\\9zz");
}
