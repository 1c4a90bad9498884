// SPDX-License-Identifier: Apache-2.0
// lazaret-supervisor: arguments → supervisor → exit code.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "supervisor.h"
#include "version.h"

static int usage() {
  std::fprintf(stderr,
               "usage: lazaret-supervisor --run DIR [--gate PROGRAM] [--scanner PROGRAM] [--workers N] "
               "[--agent-silent-ms N] -- AGENT [ARGUMENT …]\n");
  return 2;
}

static std::string beside(const char* name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "lazaret-supervisor")) return 0;
  lazaret::SupervisorOptions options;
  options.gate = beside("lazaret-gate");
  options.scanner = beside("lazaret-scanner");
  // Follow-ups and slow files have a worker each that the other cannot take (docs/adr/0015-fairness.md).
  options.workers = std::max(2u, std::thread::hardware_concurrency());
  int at = 1;
  for (; at + 1 < count && std::strcmp(arguments[at], "--") != 0; at += 2) {
    const std::string name = arguments[at], value = arguments[at + 1];
    if (name == "--run") options.runDirectory = value;
    else if (name == "--gate") options.gate = value;
    else if (name == "--scanner") options.scanner = value;
    else if (name == "--workers") options.workers = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
    else if (name == "--agent-silent-ms") options.agentSilentMsMax = std::strtoull(value.c_str(), nullptr, 10);
    else return usage();
  }
  if (at >= count || std::strcmp(arguments[at], "--") != 0) return usage();
  options.agent.assign(arguments + at + 1, arguments + count);
  if (options.runDirectory.empty() || options.agent.empty() || options.workers < 1 || options.workers > 64)
    return usage();
  if (options.agent[0].find('/') == std::string::npos) return usage();
  if (geteuid() != 0) {
    std::fprintf(stderr, "lazaret-supervisor: this program must run as root\n");
    return 2;
  }
  return lazaret::Supervisor(std::move(options)).run();
}
