// SPDX-License-Identifier: GPL-2.0-only
// The scan of one outer file: engine first, walker beside, rescue of what the engine did not see (docs/adr/0003).
// Runs in a worker, single-threaded. Owns nothing that outlives the file.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "reading/byte-source.h"
#include "engine/engine.h"
#include "base/ledger.h"
#include "mail/mail-parts.h"
#include "reading/member-facts.h"
#include "formats/promises.h"
#include "base/protocol.h"
#include "reading/spill.h"
#include "formats/types.h"
#include "base/work.h"
#include "unpack/known-zips.h"

namespace lazaret {

struct StreamInput;

struct ScanAnswer {
  Ledger ledger;
  TypeNumber trueType = 0;
  uint64_t bytes = 0;
  std::string sha256;  // empty: not all was read
  bool outOfScope = false;
};

// Where a member stands.
struct Place {
  LayerPath path;
  uint32_t compressions = 0;  // how often its bytes were compressed
  uint32_t nesting = 0;
  bool outer = false;
  bool inView = false;  // merely found in the middle of something: what is cut there is no damage of the file
  std::optional<Digest> digest = {};      // of its bytes, where its members are listed
  std::optional<Digest> container = {};   // of the archive around it
  std::optional<uint32_t> crc32 = {};     // of its bytes, as the list of its archive says
  std::optional<uint32_t> checkSum = {};  // the same, where nobody but we compares it
};

// The place of a member of a container; a stream without a name adds none.
Place memberOf(const Place& container, const std::string& name, Container kind);

// Told the moment something is found, whatever becomes of the scan afterwards. The place is what is known by then.
using HitSink = std::function<void(std::string_view name, bool yara, const LayerPath& layers)>;

class FileScan {
 public:
  FileScan(Engine& engine, const Profile& profile, std::string temporary, HitSink onHit = {})
      : engine_(engine), profile_(profile), temporary_(std::move(temporary)), onHit_(std::move(onHit)) {}
  // Fills the ledger with all that these bytes hold.
  void run(Bytes bytes);
  Ledger& ledger() { return ledger_; }

 private:
  struct Run {  // one call of the engine, kept for its layers
    EngineResult result;
    Place place;
    std::vector<std::vector<int>> children;
  };
  struct LayerReference {
    size_t run;
    int layer;
  };

  // The engine's side (file-scan.cpp).
  size_t runEngine(Bytes bytes, const Place& place, uint32_t budgetMs);
  void countEngineMembers(size_t run);
  void tellCutsInside(size_t run);
  LayerPath layerPath(const Run& run, int layer) const;
  void countEngineLeaf(size_t run, int layer);
  // Where a layer stands by what the walker knows: below the members with these bytes, or by the engine's own names.
  struct Standing {
    const Digest* member = nullptr;
    LayerPath below;
  };
  Standing standingOf(const Run& run, int layer) const;
  LayerPath pathOf(const Run& run, int layer) const;
  void tellHit(const Place& place, std::string_view name, bool yara, const LayerPath& inner);
  void resolveHits();
  void addThreats(const LayerHit& hit, const std::vector<LayerPath>& places, const LayerPath& below);
  void resolveHints();
  const Layer& layerAt(const LayerReference& reference) const;
  void rememberLayer(const LayerReference& reference);
  const Layer* findLayer(const Digest& digest, LayerReference& reference) const;

  // What the engine kept, to be walked (walk-kept.cpp).
  void walkKept();
  void walkKeptLayer(size_t run, const KeptLayer& kept, bool inView);
  bool isMerelyInView(const Run& run, const KeptLayer& kept) const;

  // The walker's side (walker.cpp).
  void walk(Bytes bytes, Container kind, size_t offset, const Place& place);
  void walkStream(Bytes bytes, Container kind, const Place& place);
  void walkIso(Bytes bytes, const Place& place);
  void walkRpm(Bytes bytes, const Place& place);
  void walkInside(ByteSource& source, Bytes firstPiece, Container kind, const Place& place);
  void proveEnd(ByteSource& source, const Place& place);
  void walkArchive(Bytes bytes, Container kind, size_t offset, const Place& place);
  // False: it did not come to the end of the list.
  bool walkMembers(archive* reader, Container kind, Bytes bytes, const Place& place, const MemberFacts& facts);
  void lookAtLink(const std::string& text, const Place& member, Container kind, std::optional<uint64_t> promised);
  void lookBehindEnd(Bytes rest, const Place& place);
  void lookBehindEnd(StreamInput& input, uint64_t taken, const Place& place);
  void openMatch(Bytes bytes, const ContainerMatch& match, const Place& place, const Digest& digest);
  void containerFailed(Reason reason, const Place& place, int64_t bytes);
  bool provenByEngine(Bytes bytes, Container kind, const Place& place, const Digest& digest);
  bool provenGzip(Bytes bytes, const Run& run, int layer);
  bool endsWithStream(Bytes bytes) const;
  bool provenZip(Bytes bytes, const Place& place, const Run& run, int layer);
  // One member, from its bytes to its row or its tick.
  void readMember(ByteSource& source, Bytes firstPiece, const Place& place, int64_t declaredBytes);
  void finishMember(Bytes bytes, const Place& place);
  void meetMember(const Digest& digest, const Place& place);
  void unreadMember(Reason reason, const Place& place, int64_t bytes);
  void openContainer(Bytes bytes, const ContainerMatch& match, const Place& place, const Digest& digest);
  void lookAtEngineOnly(Bytes bytes, const Place& place, const Digest& digest);
  // What the engine finds twice (plain-view.cpp).
  void noteInView(Bytes bytes, const LayerReference& outer);
  void findShownAgain(size_t run);
  void missMembers(const Promises& promises, const LayerReference& reference, const Place& place);
  void ensureSeen(Bytes bytes, const Digest& digest, const Place& place, bool& problem);
  // As the engine unpacked the archive around it: its members of that name, `most` at most.
  std::vector<const Layer*> engineMembers(const Place& member, size_t most);
  const Layer* engineMember(const Place& member, int64_t declaredBytes);
  void countEngineMember(const Layer& layer, const Place& member);
  bool outOfWalkTime() const;
  Work workFor(Bytes bytes) const;
  static Reason whySpent(const Work& work);
  bool memberAllowed(const Place& container);

  // Mail in every reading (walk-mail.cpp).
  void walkMail(Bytes bytes, const Place& mail);
  bool readMailPart(Bytes mail, const MailPart& part, size_t number, bool plain, const Place& place);
  bool isListedByEngine(Bytes bytes, const Digest& digest, bool plain) const;

  // Further archives in bytes that are one already (beside.cpp).
  void rememberZip(Bytes bytes, Work& work);
  bool isZipOfItsOwn(Bytes bytes, const ZipDirectory& directory, const ContainerMatch& front, Work& work) const;
  void openZipBehind(Bytes bytes, const ContainerMatch& front, const Place& place, const Digest& digest, Work& work);
  void openBeside(Bytes bytes, const ContainerMatch& match, const Place& place, const Digest& digest);

  Engine& engine_;
  const Profile& profile_;
  std::string temporary_;
  HitSink onHit_;
  Ledger ledger_;
  std::vector<std::unique_ptr<Run>> runs_;
  Bytes outer_;
  std::set<Digest> seen_;                             // read by the engine to their end
  std::set<std::pair<LayerPath, Digest>> mailParts_;  // read by ourselves out of the mail there
  std::set<Digest> textsSeen_;                        // the same of texts in a mail, whatever ends their lines
  KnownZips zips_;                                    // opened, as members of others, or kept to be
  std::set<std::pair<Digest, Digest>> inView_;        // what holds a kept layer as it is, and that layer
  std::set<std::pair<size_t, int>> shownAgain_;       // run and layer: members of what is in view, found a second time
  std::map<Digest, LayerReference> byDigest_;         // of several with the same bytes the one that reads most
  std::map<Digest, std::multimap<std::string_view, const Layer*>> engineMembers_;  // of an archive, by their names
  std::map<Digest, std::vector<LayerPath>> memberPaths_;                           // where the walker met these bytes
  std::set<Digest> membersMet_;                                                    // by the walker, where they belong
  std::set<LayerPath> walked_;                                                     // containers that the walker opened
  uint64_t walkDeadlineMs_ = 0;
  Work* mailWork_ = nullptr;  // of the outermost mail that is being read
  uint64_t membersListed_ = 0;
  bool memberLimitSaid_ = false;
};

}  // namespace lazaret
