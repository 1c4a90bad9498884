// SPDX-License-Identifier: GPL-2.0-only
// lazaret-scanner: arguments in, one of three programs out.
#include <archive.h>
#include <clamav.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yara.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "broker/broker.h"
#include "worker/loader.h"
#include "formats/types.h"
#include "version.h"

static int usage() {
  std::fprintf(stderr,
               "usage: lazaret-scanner --socket PATH [--workers N] [--urgent-workers N] [--worker-memory-mb N] "
               "[--end-with-parent]\n"
               "       lazaret-scanner types      the vocabulary of true types, as JSON\n");
  return 2;
}

static bool readNumber(const char* text, unsigned long least, unsigned long most, unsigned long& value) {
  char* end = nullptr;
  value = std::strtoul(text, &end, 10);
  return *text != 0 && *end == 0 && value >= least && value <= most;
}

static int runBroker(int count, char** arguments) {
  using namespace lazaret;
  unsigned long workers = static_cast<unsigned long>(sysconf(_SC_NPROCESSORS_ONLN)),
                memoryMb = limits::workerMemoryBytes / limits::MiB, urgent = 0;
  std::string socketPath;
  for (int at = 1; at < count; at += 2) {
    if (!std::strcmp(arguments[at], "--end-with-parent")) {
      // Whoever started us may be killed before it can end us: then nobody is left to serve. At once, even if we are
      // stopped: an orderly end would take away the socket that the next one has made meanwhile. What we leave behind
      // the next one clears.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() == 1) return 0;
      at--;
      continue;
    }
    if (at + 1 >= count) return usage();
    if (!std::strcmp(arguments[at], "--socket")) socketPath = arguments[at + 1];
    else if (!std::strcmp(arguments[at], "--workers") && readNumber(arguments[at + 1], 1, limits::workersMax, workers))
      continue;
    else if (!std::strcmp(arguments[at], "--urgent-workers") &&
             readNumber(arguments[at + 1], 0, limits::workersMax - 1, urgent))
      continue;
    else if (!std::strcmp(arguments[at], "--worker-memory-mb") && readNumber(arguments[at + 1], 64, 1 << 20, memoryMb))
      continue;
    else return usage();
  }
  if (socketPath.empty()) return usage();
  workers = std::min<unsigned long>(workers, limits::workersMax - urgent) + urgent;
  return Broker({socketPath, static_cast<unsigned>(workers), static_cast<unsigned>(urgent), memoryMb * limits::MiB})
      .run();
}

namespace {

#ifdef LAZARET_FAULTS
constexpr const char* program = "lazaret-scanner-faults";
#else
constexpr const char* program = "lazaret-scanner";
#endif

// libyara tells its version to the compiler alone: of the headers, whose soname is that of the library.
std::string yaraVersion() {
  return std::to_string(YR_MAJOR_VERSION) + "." + std::to_string(YR_MINOR_VERSION) + "." +
         std::to_string(YR_MICRO_VERSION);
}

// libarchive tells it behind its name: `libarchive 3.6.2`.
std::string archiveVersion() {
  const std::string told = archive_version_string();
  return told.substr(told.rfind(' ') + 1);
}

bool tellVersions(int count, char** arguments) {
  const std::string yara = yaraVersion(), archive = archiveVersion();
  return lazaret::tellVersion(count, arguments, program,
                              {{"libclamav", cl_retver()}, {"libyara", yara.c_str()}, {"libarchive", archive.c_str()}});
}

}  // namespace

int main(int count, char** arguments) {
  if (tellVersions(count, arguments)) return 0;
  umask(022);  // whatever the caller's: the unprivileged loader must enter what is made for it
  if (count == 2 && !std::strcmp(arguments[1], "types")) {
    std::printf("%s\n", lazaret::typesAsJson().c_str());
    return 0;
  }
  if (count == 6 && !std::strcmp(arguments[1], "--loader")) {
    unsigned long slots, pid, memory;
    if (!readNumber(arguments[3], 1, lazaret::limits::workersMax, slots) ||
        !readNumber(arguments[4], 1, 1ul << 30, pid) || !readNumber(arguments[5], 1, ~0ul, memory))
      return usage();
    return lazaret::runLoader(3, 4, arguments[2], static_cast<unsigned>(slots), static_cast<int>(pid), memory);
  }
  return runBroker(count, arguments);
}
