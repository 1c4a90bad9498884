// SPDX-License-Identifier: GPL-2.0-only
// What a loader and each worker must prove before they serve: libclamav without its temporary place calls everything
// clean.
#pragma once
#include <string>
#include <vector>

#include "engine/engine.h"

namespace lazaret {

// A pattern of our own for a string that is random for each loader, so that no file of this world holds it.
class SelfTest {
 public:
  SelfTest();
  std::string signatureLine() const;
  // The random string, inside a zip made in memory, by the path that every file goes.
  bool markerInZipFound(Engine& engine, const std::string& temporary) const;
  // EICAR by its definition, put together here.
  static bool eicarFound(Engine& engine, const std::string& temporary);
  static bool isClean(Engine& engine, int fd, const std::string& temporary, std::string& threat);

 private:
  std::string marker_;
};

Profile widestProfile();

}  // namespace lazaret
