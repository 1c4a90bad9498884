// SPDX-License-Identifier: GPL-2.0-only
// The bare engine to compare with: libclamav in this process, no isolation, no ledger, N threads over a list of files.
// usage: bare-clamav PATTERNS THREADS < list-of-paths   → one JSON line
#include <clamav.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "version.h"

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "bare-clamav", {{"libclamav", cl_retver()}})) return 0;
  if (count != 3) return 2;
  std::vector<std::string> paths;
  for (std::string line; std::getline(std::cin, line);) paths.push_back(line);
  cl_init(CL_INIT_DEFAULT);
  cl_engine* engine = cl_engine_new();
  unsigned signatures = 0;
  if (cl_load(arguments[1], engine, &signatures, CL_DB_STDOPT) != CL_SUCCESS) return 1;
  uint64_t largest = 30ull << 20;
  for (const std::string& path : paths) {
    struct stat file;
    if (stat(path.c_str(), &file) == 0) largest = std::max<uint64_t>(largest, static_cast<uint64_t>(file.st_size) + 1);
  }
  cl_engine_set_num(engine, CL_ENGINE_MAX_FILESIZE, static_cast<long long>(largest));
  cl_engine_set_num(engine, CL_ENGINE_MAX_SCANSIZE, 4ll << 30);
  if (cl_engine_compile(engine) != CL_SUCCESS) return 1;
  std::atomic<size_t> next{0}, found{0};
  std::atomic<uint64_t> bytes{0};
  const auto begin = std::chrono::steady_clock::now();
  const auto work = [&] {
    for (size_t at = next++; at < paths.size(); at = next++) {
      const int fd = open(paths[at].c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
      if (fd < 0) continue;
      struct stat file;
      if (fstat(fd, &file) == 0) bytes += static_cast<uint64_t>(file.st_size);
      cl_scan_options options{};
      options.general = CL_SCAN_GENERAL_HEURISTICS;
      options.parse = ~0u;
      const char* name = nullptr;
      unsigned long scanned = 0;
      if (cl_scandesc(fd, nullptr, &name, &scanned, engine, &options) == CL_VIRUS) found++;
      close(fd);
    }
  };
  std::vector<std::thread> threads;
  for (int index = 0; index < std::atoi(arguments[2]); index++) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  const double elapsedMs = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "{\"files\":%zu,\"bytes\":%llu,\"infected\":%zu,\"signatures\":%u,\"elapsedMs\":%.1f,\"residentKiB\":%ld}\n",
      paths.size(), static_cast<unsigned long long>(bytes), found.load(), signatures, elapsedMs, usage.ru_maxrss);
  cl_engine_free(engine);
  return 0;
}
