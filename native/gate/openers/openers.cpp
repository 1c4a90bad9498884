// SPDX-License-Identifier: Apache-2.0
// For tests: many threads open files and measure how long each open takes. It judges nothing: it says what it saw.
// usage: gate-openers --threads N [--ms M] [--pause-ms P] FILE …   Without --ms each file is opened once, by one of the
// threads. Each rests P ms after an open. One line of JSON at the end:
// {"opens":n,"refused":n,"failed":n,"longestMs":x,"longest":"path","read":["path",…]}; `read`: what opened and holds
// EICAR.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "version.h"

using Clock = std::chrono::steady_clock;

struct Seen {
  uint64_t opens = 0, refused = 0, failed = 0;
  double longestMs = 0;
  std::string longest;
  std::vector<std::string> read;
};

/** Written apart, so that this program's own file is not one. */
static bool isEicar(int fd) {
  char text[8];
  return pread(fd, text, sizeof text, 0) == static_cast<ssize_t>(sizeof text) && std::memcmp(text,
                                                                                             "X5O!"
                                                                                             "P%@A",
                                                                                             sizeof text) == 0;
}

static void openOnce(const std::string& path, Seen& seen) {
  const auto began = Clock::now();
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int error = errno;
  const double took = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
  seen.opens++;
  if (took > seen.longestMs) seen.longestMs = took, seen.longest = path;
  if (fd < 0) return void((error == EPERM ? seen.refused : seen.failed)++);
  if (isEicar(fd)) seen.read.push_back(path);
  close(fd);
}

static void add(Seen& all, Seen&& one) {
  all.opens += one.opens;
  all.refused += one.refused;
  all.failed += one.failed;
  if (one.longestMs > all.longestMs) all.longestMs = one.longestMs, all.longest = one.longest;
  for (std::string& path : one.read) all.read.push_back(std::move(path));
}

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "gate-openers")) return 0;
  size_t threads = 1;
  uint64_t ms = 0, pauseMs = 0;
  std::vector<std::string> files;
  for (int at = 1; at < count; at++) {
    if (std::strcmp(arguments[at], "--threads") == 0 && at + 1 < count)
      threads = std::strtoul(arguments[++at], nullptr, 10);
    else if (std::strcmp(arguments[at], "--ms") == 0 && at + 1 < count)
      ms = std::strtoull(arguments[++at], nullptr, 10);
    else if (std::strcmp(arguments[at], "--pause-ms") == 0 && at + 1 < count)
      pauseMs = std::strtoull(arguments[++at], nullptr, 10);
    else files.emplace_back(arguments[at]);
  }
  if (files.empty() || threads < 1) return 2;
  const auto end = Clock::now() + std::chrono::milliseconds(ms);
  Seen all;
  std::mutex mutex;
  std::atomic<size_t> next{0};
  std::vector<std::thread> running;
  for (size_t thread = 0; thread < threads; thread++)
    running.emplace_back([&] {
      Seen own;
      for (size_t index = next++; ms == 0 ? index < files.size() : Clock::now() < end; index = next++) {
        openOnce(files[index % files.size()], own);
        if (pauseMs != 0) std::this_thread::sleep_for(std::chrono::milliseconds(pauseMs));
      }
      const std::lock_guard lock(mutex);
      add(all, std::move(own));
    });
  for (std::thread& each : running) each.join();
  const nlohmann::json said = {{"opens", all.opens},         {"refused", all.refused}, {"failed", all.failed},
                               {"longestMs", all.longestMs}, {"longest", all.longest}, {"read", all.read}};
  std::printf("%s\n", said.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}
