// SPDX-License-Identifier: GPL-2.0-only
#include "worker/loader.h"

#include <fcntl.h>
#include <iconv.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/channel.h"
#include "base/clock.h"
#include "base/digest.h"
#include "engine/engine.h"
#include "worker/file-map.h"
#include "base/faults.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/protocol.h"
#include "sandbox/sandbox.h"
#include "worker/scan-file.h"
#include "worker/self-test.h"
#include "worker/worker.h"

namespace lazaret {

// Everything that libraries open at their first use, while it still is in reach.
static void warmUp() {
  setlocale(LC_CTYPE, "C.UTF-8");  // libarchive turns names by the locale
  tzset();
  time_t now = time(nullptr);
  tm local;
  localtime_r(&now, &local);
  OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
  // One handle of each stays open for good: the tables stay loaded with it.
  for (const char* name : {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE", "UCS-4", "ISO-8859-1", "CP1252",
                           "CP437", "CP932", "GBK", "BIG5", "KOI8-R", "CP1251", "EUC-KR", "CP949", "SHIFT_JIS"})
    iconv_open("UTF-8", name);
  iconv_open("UTF-16LE", "UTF-8");
  const uint8_t byte = 0;
  sha256Hex({&byte, 1});
}

static void report(int control, LoaderMessage kind, const std::string& json, int pid = 0, unsigned slot = 0) {
  LoaderHeader header{};
  header.kind = static_cast<uint8_t>(kind);
  header.slot = slot;
  header.pid = pid;
  sendPacket(control, asBytes(header), asBytes(json));
}

static int fail(int control, std::string_view code, std::string_view detail) {
  report(control, LoaderMessage::failed, jsonError(code, detail));
  return 1;
}

// Private writable memory now, in bytes: the base of the workers' cap (their file mappings do not count).
static uint64_t privateBytes(int statm) {
  char text[256] = {};
  if (pread(statm, text, sizeof text - 1, 0) <= 0) return 0;
  unsigned long total, resident, shared, code, library, data;
  if (std::sscanf(text, "%lu %lu %lu %lu %lu %lu", &total, &resident, &shared, &code, &library, &data) != 6) return 0;
  return uint64_t{data} * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

static std::string writeSelfTestPattern(const SelfTest& selfTest, const std::string& directory) {
  const std::string path = directory + "/self-test.ndb";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const std::string line = selfTest.signatureLine();
  if (fd < 0 || write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) return {};
  close(fd);
  return path;
}

struct LoadOrder {
  LoaderHeader header;
  std::vector<Descriptor> canaries;
};

// The proof of a release: marker in a zip, EICAR if it must, canaries clean, nothing lost in the count.
static std::string provePatterns(Engine& engine, const SelfTest& selfTest, const EngineLoad& load,
                                 const LoadOrder& order, const std::string& temporary) {
  if (!selfTest.markerInZipFound(engine, temporary))
    return jsonError("patterns.self_test_failed", "the self-test marker in a zip archive was not found");
  if (load.signatures < load.signaturesInFiles)
    return jsonError("patterns.count_mismatch", std::to_string(load.signatures) + " of " +
                                                    std::to_string(load.signaturesInFiles) + " signatures were loaded");
  if (order.header.expectedSignatures != UINT32_MAX &&
      order.header.expectedSignatures != load.signatures + load.yaraRules)
    return jsonError("patterns.count_mismatch", std::to_string(load.signatures + load.yaraRules) +
                                                    " signatures and rules were loaded, " +
                                                    std::to_string(order.header.expectedSignatures) + " are expected");
  if ((order.header.flags & loadFlagRequireEicar) && !SelfTest::eicarFound(engine, temporary))
    return jsonError("patterns.self_test_failed", "the EICAR test file was not found");
  for (size_t index = 0; index < order.canaries.size(); index++) {
    std::string threat;
    if (!SelfTest::isClean(engine, order.canaries[index].get(), temporary, threat))
      return jsonError("patterns.canary_detected", "canary " + std::to_string(index) + " is detected as " + threat);
  }
  return {};
}

static void forkWorker(Engine& engine, const Sandbox& sandbox, const SelfTest& selfTest, const LoaderHeader& order,
                       Descriptor socket, int control, uint64_t dataBytesMax, int brokerPid) {
  // CLONE_PARENT: the broker is the worker's parent. It reaps it, and the worker outlives this loader.
  const long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid == 0) {
    close(control);
    runWorker(engine, sandbox, selfTest, order.slot, socket.get(), dataBytesMax, brokerPid);
  }
  report(control, LoaderMessage::forked, "{}", faults::named(static_cast<int>(pid), sandbox.patterns), order.slot);
}

static std::string loadedJson(const EngineLoad& load, const Sandbox& sandbox, uint64_t loadMs) {
  std::string out = "{\"signatures\":" + std::to_string(load.signatures) +
                    ",\"yaraRules\":" + std::to_string(load.yaraRules) + ",\"engine\":";
  appendJsonString(out, engineVersion());
  return out + ",\"loadMs\":" + std::to_string(loadMs) + ",\"sandbox\":" + sandbox.json() + "}";
}

int runLoader(int control, int places, const std::string& patterns, unsigned slots, int brokerPid,
              uint64_t workerMemoryBytes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != brokerPid) return 1;
  prctl(PR_SET_NAME, "lazaret-scanner");
  const uint64_t begin = nowMs();
  LoadOrder order;
  if (receivePacket(control, reinterpret_cast<uint8_t*>(&order.header), sizeof order.header, order.canaries) !=
      static_cast<ssize_t>(sizeof order.header))
    return 1;
  warmUp();
  const int statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  Sandbox sandbox = enterNamespaces({patterns, slots, places});
  close(places);  // before privileges go: nobody behind this line may reach the places of others
  if (!sandbox.error.empty())
    return fail(control,
                sandbox.error.starts_with("pattern directory") ? "patterns.not_found" : "scanner.sandbox_failed",
                sandbox.error);
  sealLoader(sandbox);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // the change of user took it away
  if (!sandbox.error.empty()) return fail(control, "scanner.sandbox_failed", sandbox.error);
  seedDigests();
  installBusHandler();
  Engine engine;
  const SelfTest selfTest;
  const std::string temporary = sandbox.slotDirectory(0);
  // A slot that still serves an older release is another mount: this one is this loader's own.
  const std::string pattern = writeSelfTestPattern(selfTest, temporary);
  if (pattern.empty()) return fail(control, "scanner.sandbox_failed", "the temporary folder cannot be written");
  const EngineLoad load = engine.load(sandbox.patterns, pattern, temporary);
  unlink(pattern.c_str());
  if (!load.ok) return fail(control, load.code, load.detail);
  if (const std::string problem = provePatterns(engine, selfTest, load, order, temporary); !problem.empty()) {
    report(control, LoaderMessage::failed, problem);
    return 1;
  }
  order.canaries.clear();
  const uint64_t dataBytesMax = privateBytes(statm) + workerMemoryBytes;
  close(statm);
  report(control, LoaderMessage::loaded, loadedJson(load, sandbox, nowMs() - begin));
  for (;;) {
    LoaderHeader request;
    std::vector<Descriptor> descriptors;
    if (receivePacket(control, reinterpret_cast<uint8_t*>(&request), sizeof request, descriptors) !=
        static_cast<ssize_t>(sizeof request))
      return 0;
    if (request.kind != static_cast<uint8_t>(LoaderMessage::fork) || descriptors.size() != 1 || request.slot >= slots)
      return 1;
    forkWorker(engine, sandbox, selfTest, request, std::move(descriptors[0]), control, dataBytesMax, brokerPid);
  }
}

}  // namespace lazaret
