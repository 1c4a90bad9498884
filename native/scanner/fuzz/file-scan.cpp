// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "base/digest.h"
#include "worker/file-map.h"
#include "base/json.h"
#include "worker/scan-file.h"
#include "worker/self-test.h"
#include "rooms.h"

namespace lazaret::fuzz {

// LAZARET_FUZZ_PLACE: a folder of the runner's, for the engine's temporary files and one pattern.
struct ReadyEngine {
  Engine engine;
  std::string place;

  ReadyEngine() {
    const char* given = std::getenv("LAZARET_FUZZ_PLACE");
    place = given ? given : "/nonexistent";
    const std::string pattern = place + "/self.ndb", folder = place + "/patterns";
    std::ofstream(pattern) << "Fuzz.Marker:0:*:6c617a617265742d66757a7a2d6d61726b6572\n";
    const EngineLoad load = engine.load(folder, pattern, place);
    if (!load.ok) {
      std::fprintf(stderr, "%s: %s\n", load.code.c_str(), load.detail.c_str());
      std::exit(2);
    }
    seedDigests();
    installBusHandler();
  }
};

void runFileScan(const uint8_t* data, size_t size) {
  static ReadyEngine& ready = *new ReadyEngine;
  Profile profile = widestProfile();
  profile.engineTimeMs = profile.walkTimeMs = 2'000;
  const int file = memfd_create("fuzz", MFD_CLOEXEC);
  if (write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  const ScanAnswer answer = scanDescriptor(ready.engine, file, profile, 0, ready.place);
  std::string text;
  for (const Threat& threat : answer.ledger.threats()) appendLayers(text, threat.layers);
  for (const UnscannedRow& row : answer.ledger.rows()) appendLayers(text, row.layers);
  close(file);
}

}  // namespace lazaret::fuzz
