// SPDX-License-Identifier: GPL-2.0-only
#include "formats/text-kind.h"

#include <doctest/doctest.h>

#include <string>

using std::string_literals::operator""s;
using namespace lazaret;

static Bytes bytesOf(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }
static std::string kindOf(const std::string& text) { return std::string(textKind(bytesOf(text))); }

TEST_CASE("text: a script is known by its interpreter, also by env, with options, variables and versions") {
  CHECK(kindOf("#!/bin/sh\n") == "script-shell");
  CHECK(kindOf("#! /usr/bin/env python3\nimport os\n") == "script-python");
  CHECK(kindOf("#!/usr/bin/env -S LANG=C perl5.36 -w\n") == "script-perl");
  CHECK(kindOf("#!/opt/php8.2\n") == "php");
  CHECK(kindOf("#!/usr/bin/shell-of-mine\n") == "script-other");
  CHECK(kindOf("#!") == "script-other");
  CHECK(kindOf("#!/usr/bin/env") == "script-other");
}

TEST_CASE("text: pages, units and scheduled commands are known by their words") {
  CHECK(kindOf("\n <!DOCTYPE html><p>") == "html");
  CHECK(kindOf("<?xml version='1.0'?><svg>") == "svg");
  CHECK(kindOf("<?xml version='1.0'?><a>") == "xml");
  CHECK(kindOf("some <?PHP echo 1;") == "php");
  CHECK(kindOf("[Unit]\nDescription=x\n[Service]\nExecStart=/x\n") == "systemd-unit");
  CHECK(kindOf("[Desktop Entry]\nExec=x\n") == "desktop-entry");
  CHECK(kindOf("# every night\n5 3 * * * /usr/bin/backup\n") == "crontab");
  CHECK(kindOf("1 2 3 4 5 apples\n") == "text");
  CHECK(kindOf("") == "text");
}

TEST_CASE("text: a zero byte or many control bytes are none") {
  CHECK(isText(bytesOf("plain\ttext\r\n")));
  CHECK_FALSE(isText(bytesOf("a\0b"s)));
  CHECK_FALSE(isText(bytesOf("\x01\x02\x03 and so on")));
  CHECK(
      isWideText(bytesOf("\xff\xfe"
                         "a\0"s)));
  CHECK_FALSE(isWideText(bytesOf("\xff\xfe"s)));
}
