// SPDX-License-Identifier: GPL-2.0-only
// A directory of patterns: which of its files are the engine's, how many signatures they promise, and their loading.
#pragma once
#include <clamav.h>

#include <string>

namespace lazaret {

struct PatternFiles {
  bool any = false;              // something for libclamav
  bool leavesOut = false;        // lists of signatures to be ignored: fewer than counted is right then
  unsigned plainSignatures = 0;  // entries of the plain files; every one must be loaded
};

PatternFiles lookAtPatterns(const std::string& directory);
// What the engine has to say goes nowhere.
void silenceEngine();
// Without YARA files. Answers "" or what is wrong, with file and line as far as the engine tells them. One load at a
// time in a process.
std::string loadPatterns(const std::string& directory, cl_engine* engine, unsigned& loaded);

}  // namespace lazaret
