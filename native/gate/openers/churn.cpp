// SPDX-License-Identifier: Apache-2.0
// For tests: threads that write, rename, link, map, unlink and open files of their own, each knowing which of them is
// infected. What opens although it is infected is printed as it happens: {"read":"path","fromMs":unix,"toMs":unix}; the
// sums are the last line. It judges nothing. usage: gate-churn --seed N --threads N --ms M DIR
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "version.h"

enum class State { absent, clean, infected };

struct Sums {
  uint64_t opens = 0, refused = 0, refusedClean = 0, failed = 0;
  double longestMs = 0;
};

/** Written apart, so that this program's own file is not one. */
static const std::string eicar =
    std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-ANTIVIRUS-TEST-" + "FILE!$H+H*";

/** Whatever is detected is written down by the product: as much as its spool holds. */
static constexpr uint64_t pauseMsMax = 16;

static std::mutex printing;

static double unixMs() {
  return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Worker {
 public:
  Worker(std::string place, uint64_t seed) : place_(std::move(place)), random_(seed), states_(20, State::absent) {
    mkdir(place_.c_str(), 0755);
  }

  void step() {
    const size_t one = pick(states_.size()), other = pick(states_.size());
    switch (pick(12)) {
      case 0: return write(one, State::clean);
      case 1: return write(one, State::infected);
      case 2: return storeByMapping(one);
      case 3: return move(one, other);
      case 4: return link(one, other);
      case 5: return remove(one);
      default: return look(path(one), states_[one]);
    }
  }
  const Sums& sums() const { return sums_; }

 private:
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }
  std::string path(size_t index) const { return place_ + "/n" + std::to_string(index); }
  std::string fresh() { return place_ + "/fresh" + std::to_string(made_++); }

  /** A new file; what is open for writing is not scanned before it is closed. */
  static bool create(const std::string& name, const std::string& content) {
    const int fd = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    const bool whole = ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size());
    return close(fd) == 0 && whole;
  }

  void take(const std::string& name, size_t index, State state) {
    if (rename(name.c_str(), path(index).c_str()) == 0) states_[index] = state;
    else sums_.failed++;
  }

  void write(size_t index, State state) {
    const std::string name = fresh();
    if (!create(name, state == State::infected ? eicar : std::string(1 + pick(200), 'c') + std::to_string(made_)))
      return void(sums_.failed++);
    take(name, index, state);
  }

  /** Clean, looked at, and then changed through memory alone. Sometimes opened while the mapping stands. */
  void storeByMapping(size_t index) {
    const std::string name = fresh();
    if (!create(name, std::string(eicar.size(), 'A'))) return void(sums_.failed++);
    look(name, State::clean);
    const int fd = open(name.c_str(), O_RDWR | O_CLOEXEC);
    void* memory = fd < 0 ? MAP_FAILED : mmap(nullptr, eicar.size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0) close(fd);
    if (memory == MAP_FAILED) {
      sums_.failed++;
      unlink(name.c_str());
      return;
    }
    if (pick(2) == 0) look(name, State::clean);
    std::memcpy(memory, eicar.data(), eicar.size());
    if (pick(2) == 0) look(name, State::infected);
    munmap(memory, eicar.size());
    take(name, index, State::infected);
  }

  void move(size_t from, size_t to) {
    if (from == to || states_[from] == State::absent) return;
    take(path(from), to, states_[from]);
    // Two names of one file: the kernel leaves both.
    struct stat facts;
    if (stat(path(from).c_str(), &facts) != 0) states_[from] = State::absent;
  }

  void link(size_t from, size_t to) {
    if (from == to || states_[from] == State::absent) return;
    remove(to);
    if (::link(path(from).c_str(), path(to).c_str()) == 0) states_[to] = states_[from];
    else sums_.failed++;
  }

  void remove(size_t index) {
    unlink(path(index).c_str());
    states_[index] = State::absent;
  }

  void look(const std::string& name, State state) {
    if (state == State::absent) return;
    const double from = unixMs();
    const auto began = std::chrono::steady_clock::now();
    const int fd = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    const int error = errno;
    const double took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
    sums_.opens++;
    sums_.longestMs = std::max(sums_.longestMs, took);
    if (fd >= 0) close(fd);
    if (fd < 0 && error != EPERM) sums_.failed++;
    else if (fd < 0) (state == State::infected ? sums_.refused : sums_.refusedClean)++;
    else if (state == State::infected) {
      const std::lock_guard lock(printing);
      std::printf("{\"read\":\"%s\",\"fromMs\":%.0f,\"toMs\":%.0f}\n", name.c_str(), from, unixMs());
    }
  }

  std::string place_;
  std::mt19937_64 random_;
  std::vector<State> states_;
  uint64_t made_ = 0;
  Sums sums_;
};

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "gate-churn")) return 0;
  uint64_t seed = 1, threads = 1, ms = 1'000;
  std::string place;
  for (int at = 1; at < count; at++) {
    const std::string name = arguments[at];
    const auto number = [&] { return at + 1 < count ? std::strtoull(arguments[++at], nullptr, 10) : 0; };
    if (name == "--seed") seed = number();
    else if (name == "--threads") threads = number();
    else if (name == "--ms") ms = number();
    else place = name;
  }
  if (place.empty() || threads < 1) return 2;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  Sums all;
  std::vector<std::thread> running;
  for (uint64_t thread = 0; thread < threads; thread++)
    running.emplace_back([&, thread] {
      Worker worker(place + "/w" + std::to_string(thread), seed + thread);
      std::mt19937_64 pauses(seed + thread);
      while (std::chrono::steady_clock::now() < end) {
        worker.step();
        std::this_thread::sleep_for(std::chrono::milliseconds(pauses() % pauseMsMax));
      }
      const std::lock_guard lock(printing);
      const Sums& own = worker.sums();
      all.opens += own.opens, all.refused += own.refused, all.refusedClean += own.refusedClean,
          all.failed += own.failed;
      all.longestMs = std::max(all.longestMs, own.longestMs);
    });
  for (std::thread& each : running) each.join();
  std::printf("{\"opens\":%lu,\"refused\":%lu,\"refusedClean\":%lu,\"failed\":%lu,\"longestMs\":%.1f}\n", all.opens,
              all.refused, all.refusedClean, all.failed, all.longestMs);
}
