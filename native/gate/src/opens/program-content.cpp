// SPDX-License-Identifier: Apache-2.0
#include "opens/program-content.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace lazaret::gate {

namespace {

using namespace std::string_view_literals;

// Formats that a kernel, a loader or an interpreter runs.
constexpr std::array magics = {
    "\x7f"
    "ELF"sv,
    "MZ"sv,
    "#!"sv,
    "\xef\xbb\xbf#!"sv,
    "\0asm"sv,
    "\xca\xfe\xba\xbe"sv,
    "\xfe\xed\xfa\xce"sv,
    "\xfe\xed\xfa\xcf"sv,
    "\xce\xfa\xed\xfe"sv,
    "\xcf\xfa\xed\xfe"sv,
    "!<arch>\n"sv,
    "\x1bLua"sv,
    "\x1bLJ"sv,
    "dex\n"sv,
    "<?php"sv,
    "<?PHP"sv,
    "BC\xc0\xde"sv,
};

// Code that has no signature of its own, or that of an archive.
constexpr std::array endings = {
    ".so"sv,   ".sh"sv,  ".bash"sv, ".zsh"sv,   ".ksh"sv,  ".csh"sv, ".py"sv,  ".pyc"sv,  ".pyo"sv, ".pyz"sv, ".pl"sv,
    ".pm"sv,   ".rb"sv,  ".php"sv,  ".phtml"sv, ".phar"sv, ".js"sv,  ".mjs"sv, ".cjs"sv,  ".lua"sv, ".tcl"sv, ".awk"sv,
    ".jar"sv,  ".war"sv, ".ear"sv,  ".class"sv, ".ps1"sv,  ".bat"sv, ".cmd"sv, ".vbs"sv,  ".exe"sv, ".dll"sv, ".ko"sv,
    ".wasm"sv, ".jsp"sv, ".jspx"sv, ".asp"sv,   ".aspx"sv, ".cgi"sv, ".r"sv,   ".node"sv,
};

/** A byte-compiled Python file: two bytes of a version, then CR LF. */
bool isPythonCode(std::string_view head) { return head.size() >= 4 && head.substr(2, 2) == "\r\n"sv; }

std::string lowerName(std::string_view path) {
  std::string name(path.substr(path.rfind('/') + 1));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

/** `libx.so.6`: a library names its version behind. */
bool hasCodeName(std::string_view path) {
  const std::string name = lowerName(path);
  return name.find(".so.") != std::string::npos ||
         std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

bool mayRun(std::string_view head, std::string_view path) {
  const auto begins = [&](std::string_view magic) { return head.starts_with(magic); };
  return std::any_of(magics.begin(), magics.end(), begins) || isPythonCode(head) || hasCodeName(path);
}

bool mayRun(int file, std::string_view path) {
  struct statfs system;
  if (fstatfs(file, &system) != 0 || system.f_type == FUSE_SUPER_MAGIC) return true;
  std::array<char, 64> head;
  const ssize_t got = pread(file, head.data(), head.size(), 0);
  return got < 0 || mayRun(std::string_view(head.data(), static_cast<size_t>(got)), path);
}

}  // namespace lazaret::gate
