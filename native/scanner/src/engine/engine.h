// SPDX-License-Identifier: GPL-2.0-only
// libclamav and libyara behind one face. Owns the compiled engine (made in the loader, shared by fork with the
// workers). Enforces LM-5, LM-6 and the time budget in the layer callback, because libclamav's own limits are silent.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "formats/containers.h"
#include "base/digest.h"
#include "base/ledger.h"
#include "base/protocol.h"
#include "engine/yara-rules.h"

struct cl_engine;

namespace lazaret {

using ContentSum = std::pair<uint32_t, uint64_t>;  // check sum and length

// One layer as libclamav unpacked it.
struct Layer {
  int parent = -1;
  std::string_view engineType;
  Container kind = Container::none;
  std::string name;
  uint64_t bytes = 0;
  Digest digest;
  std::optional<uint32_t> crc32;  // of content of gzip, zip and ARJ
  uint32_t compressions = 0;      // how often its content was compressed
  uint32_t nesting = 0;
  std::optional<Digest> text;              // of a part of a mail: of its text, whatever ends its lines
  std::vector<ContentSum> forEngineAlone;  // of a zip: the members of methods that nobody else here has
  bool isBehind = false;                   // the archive stands behind other bytes
  bool isEmbedded = false;                 // out of an archive that the engine came upon in the middle of its parent
  bool mail = false;                       // looks like one, whatever the engine calls it
  bool normalized = false;                 // made by the engine, no member of anything
  bool complete = false;                   // read to its end, within the budget
  bool kept = false;                       // copied, to be walked afterwards
  bool unwalked = false;                   // would have been, but there was no room: nobody lists its members
  bool hasCut = false;
  Reason cut = Reason::size;
  // Of its own, which stands in the archive.
  bool isNamed() const { return !name.empty() && !normalized; }
  // A document before an archive: what lies in its streams is no member of the archive.
  bool isDocumentBefore() const { return isBehind && engineTypeHasStreams(engineType); }
  // By our own readers.
  bool isWalkable() const { return kind != Container::none && kind != Container::engineOnly && !unwalked; }
  bool isContainer() const {
    return (kind != Container::none && !isDocumentBefore()) || engineTypeIsContainer(engineType);
  }
  // Read to its end, and nothing is in it that a walker would open.
  bool isReadLeaf() const {
    return complete && !hasCut && !mail && !normalized && kind == Container::none && !engineTypeIsContainer(engineType);
  }
};

struct LayerHit {
  std::string name;
  bool yara;
  int layer;
};

struct LayerHint {
  Reason reason;
  int layer;
};

// An archive inside something that only the engine opens (mail, OLE), or a member by a method that nobody else has:
// kept, to be walked afterwards.
struct KeptLayer {
  int layer;
  bool isAlone;
  std::vector<uint8_t> bytes;
};

struct EngineRequest {
  Bytes bytes;
  const Profile* profile;
  uint32_t compressions;  // of the bytes given
  uint32_t nesting;
  uint32_t budgetMs;
  bool rootIsLeaf;  // the bytes are a member: measured already, never cut
  // Told at once, with the names inside of these bytes.
  std::function<void(std::string_view name, bool yara, LayerPath inner)> onHit = {};
};

struct EngineResult {
  std::vector<Layer> layers;
  std::vector<LayerHit> hits;
  std::vector<LayerHint> hints;
  std::vector<KeptLayer> kept;
  std::optional<Reason> unread;  // why it did not come to the end
};

struct EngineLoad {
  bool ok = false;
  std::string code, detail;
  unsigned signatures = 0;
  unsigned signaturesInFiles = 0;  // entries of the plain files: so many must be loaded at least
  size_t yaraRules = 0;
};

class Engine {
 public:
  // `extra` is a file of our own signatures (self-test), loaded beside the directory.
  EngineLoad load(const std::string& directory, const std::string& extra, const std::string& temporary);
  void setTemporary(const std::string& temporary);
  EngineResult scan(const EngineRequest& request);

 private:
  cl_engine* engine_ = nullptr;
  YaraRules yara_;
  friend struct EngineScan;
};

std::string_view engineVersion();

}  // namespace lazaret
