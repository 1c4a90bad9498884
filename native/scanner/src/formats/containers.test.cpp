// SPDX-License-Identifier: GPL-2.0-only
#include "formats/containers.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>

using namespace lazaret;

/** A tar of one empty member, and what follows it. */
static std::string tarOf(const std::string& name, const std::string& more = "") {
  std::string head = name;
  head.resize(512, '\0');
  head.replace(124, 12, "00000000000 ");
  head.replace(148, 8, "        ");
  head.replace(257, 8,
               std::string("ustar\0"
                           "00",
                           8));
  unsigned sum = 0;
  for (const char byte : head) sum += static_cast<uint8_t>(byte);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  head.replace(148, 8, std::string(digits, 7) + ' ');
  return head + std::string(1024, '\0') + more;
}
static ContainerMatch matchOf(const std::string& text) {
  return identifyContainer({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}
static std::string pe() {
  std::string name = "MZ" + std::string(62, '\0');
  name[60] = 70;
  name.resize(70, '\0');
  return name + std::string("PE\0\0", 4);
}

TEST_CASE("a tar whose first bytes are a document, a mail or a program for other readers is ambiguous") {
  const std::string names[] = {"%PDF-1.4",
                               "a %PDF-1.4",
                               "{\\rtf1",
                               "\x7f"
                               "ELF",
                               pe(),
                               "From: a@example.net\nTo: b@example.net\n"};
  for (const std::string& name : names) {
    CAPTURE(name);
    REQUIRE(matchOf(tarOf(name)).kind == Container::tar);
    CHECK(matchOf(tarOf(name)).ambiguous);
  }
}

TEST_CASE("a tar of names like those of documents is a tar and nothing else") {
  for (const std::string name : {"readme.pdf", "MZ", "From: a@example.net", "rtf", "Subject", "a\nb"}) {
    CAPTURE(name);
    CHECK(matchOf(tarOf(name, "%PDF-1.4 is the first member's content")).kind == Container::tar);
    CHECK_FALSE(matchOf(tarOf(name, "%PDF-1.4 is the first member's content")).ambiguous);
  }
}

TEST_CASE("an image that begins as a PDF is ambiguous, one that begins as a boot record is not") {
  std::string image(34'000, '\0');
  image.replace(32'769, 5, "CD001");
  CHECK(matchOf(image).kind == Container::iso);
  CHECK_FALSE(matchOf(image).ambiguous);
  image.replace(0, 9, "%PDF-1.7\n");
  CHECK(matchOf(image).ambiguous);
}
