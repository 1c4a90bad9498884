// SPDX-License-Identifier: GPL-2.0-only
#include "engine/pattern-files.h"

#include <dirent.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace lazaret {

static void silence(enum cl_msg, const char*, const char*, void*) {}

// What the engine says while it loads: nowhere else it names the file and the line of a fault. One load at a time in a
// process.
static std::string loadErrors;
static void hear(enum cl_msg severity, const char*, const char* message, void*) {
  if (severity == CL_MSG_ERROR && loadErrors.size() < 4096) loadErrors.append(message).append("\n");
}

// "local.hdb, line 3: Malformed database", or as much of it as the engine told.
static std::string describeLoadError(cl_error_t status) {
  const std::string what = cl_strerror(status);
  const size_t named = loadErrors.find("Can't load ");
  if (named == std::string::npos) return what;
  const size_t begin = named + std::string_view("Can't load ").size();
  const std::string path = loadErrors.substr(begin, loadErrors.find(": ", begin) - begin);
  const std::string file = path.substr(path.rfind('/') + 1);
  const size_t at = loadErrors.find("at line ");
  if (at == std::string::npos) return file + ": " + what;
  const size_t digits = at + std::string_view("at line ").size();
  return file + ", line " + loadErrors.substr(digits, loadErrors.find_first_not_of("0123456789", digits) - digits) +
         ": " + what;
}

static bool hasEnding(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

PatternFiles lookAtPatterns(const std::string& directory) {
  PatternFiles files;
  DIR* open = opendir(directory.c_str());
  if (!open) return files;
  while (const dirent* entry = readdir(open)) {
    const std::string name = entry->d_name;
    const bool plain = hasEnding(name, {".hdb", ".hsb", ".mdb", ".msb", ".ndb", ".ldb", ".db", ".cdb"});
    files.leavesOut = files.leavesOut || hasEnding(name, {".ign", ".ign2"});
    files.any = files.any || plain ||
                hasEnding(name, {".cvd",  ".cld",  ".cud", ".fp",  ".sfp", ".cbc", ".pdb", ".wdb", ".gdb",
                                 ".idb",  ".crb",  ".cfg", ".ftm", ".sdb", ".zmd", ".rmd", ".imp", ".cat",
                                 ".info", ".pwdb", ".ioc", ".hdu", ".hsu", ".mdu", ".msu", ".ndu", ".ldu"});
    unsigned count = 0;
    if (plain && cl_countsigs((directory + "/" + name).c_str(), CL_COUNTSIGS_ALL, &count) == CL_SUCCESS)
      files.plainSignatures += count;
  }
  closedir(open);
  return files;
}

void silenceEngine() { cl_set_clcb_msg(silence); }

std::string loadPatterns(const std::string& directory, cl_engine* engine, unsigned& loaded) {
  loadErrors.clear();
  cl_set_clcb_msg(hear);
  const cl_error_t status = cl_load(directory.c_str(), engine, &loaded, CL_DB_STDOPT | CL_DB_YARA_EXCLUDE);
  cl_set_clcb_msg(silence);
  return status == CL_SUCCESS ? "" : describeLoadError(status);
}

}  // namespace lazaret
