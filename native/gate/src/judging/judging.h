// SPDX-License-Identifier: Apache-2.0
// Opens without a known verdict: one scan for all that wait for the same state of a file. Owns the scans under way. Who
// answers a waiting open: `answered` by the verdict, `expire` by the deadline; each takes it out of its scan first,
// under one lock, so that exactly one does.
#pragma once
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "marks/ignore-marks.h"
#include "opens/open-shares.h"
#include "opens/opens.h"
#include "opens/owners.h"
#include "telling/responder.h"
#include "rules/configuration.h"
#include "judging/scanner-link.h"
#include "telling/statistics.h"
#include "judging/verdict-cache.h"

namespace lazaret::gate {

class Judging {
 public:
  struct Parts {
    Opens& opens;
    VerdictCache& cache;
    ScannerLink& scanner;
    LetThroughLog& letThroughs;
    Responder& responder;
    const ConfigurationKeeper& rules;
    Statistics& statistics;
  };
  /** `full`: too much waits already; `share`: too much of this owner's. Then the slot is still the caller's. */
  enum class Asked : uint8_t { waits, full, share };
  /** `openable`: opens that may wait at once. */
  Judging(const Parts& parts, size_t openable);

  /** An open that must be scanned: from here on it waits. `fileOwner`: who has the file. */
  Asked ask(Slot& slot, const FileKey& key, FileNote note, bool nameListed, OwnerId owner, OwnerId fileOwner,
            const GateConfiguration& rules);
  /** A file that was written or moved: scanned when nobody waits for anything. False: enough of this owner's are under
   * way. */
  bool askInBackground(Descriptor file, const FileKey& key, FileNote note, bool nameListed, OwnerId fileOwner);
  void answered(AnswerKind kind, uint64_t id, std::string_view json);
  /** What a scan process had in hand when it died is asked again. */
  void connected();
  /** Openers that are described already, by pid: of one look at opens that all wait. A process that has two of them
   * waiting is the same. */
  using Openers = std::unordered_map<int, Opener>;
  /** An open whose time is over: by policy, recorded. */
  void expire(OpenId id, bool failClosed, Openers& openers);
  /** Every waiting open is allowed: nothing is watched any more. */
  void letAllGo();
  /** Gives what could not be sent, and watches over the scan process. Called now and then. */
  void tick();
  /** Who waits, by owner. */
  nlohmann::json owners() const { return shares_.top(ownersTold); }
  /** No changed file waits to be judged. */
  bool isSettled() const { return backgroundCount_.load() == 0; }
  /** A written file of this owner's can be asked about. */
  bool hasRoomFor(OwnerId owner) const { return inquiryCount_.load() < inquiriesMax && written_.fits(owner); }

 private:
  static constexpr size_t inquiriesMax = 2'048, backgroundMax = 64, ownersMax = 8, ownersTold = 20;
  /** More than the scan process sends about one file (a mebibyte of threats, one of rows): what were left out here
   * might be what decides. */
  static constexpr size_t rowPacketsMax = 1'024;
  struct Inquiry {
    uint64_t id = 0;
    FileKey key;
    FileNote note;
    bool nameListed = false;
    bool background = false;
    bool sent = false;
    bool failedOnce = false;
    bool notLoaded = false;
    bool costly = false;  // waits for its owner's other files
    uint32_t generation = 0, rulesGeneration = 0;
    std::vector<OwnerId> owners;  // on whose behalf it was asked
    OwnerId fileOwner = 0, writtenOwner = 0;
    uint64_t askedAtUs = 0;
    std::vector<OpenId> waiters;
    Descriptor file;        // of a background scan
    bool hasShare = false;  // of these
    std::vector<std::string> rows;
    std::vector<std::string> hits;  // found before the end
  };

  Inquiry& begin(const FileKey& key, FileNote note, bool nameListed, bool background, OwnerId owner);
  Inquiry& keep(std::unique_ptr<Inquiry> inquiry);
  void send(Inquiry& inquiry);
  void askFor(Inquiry& inquiry, OwnerId owner);
  /** Null: somebody else has answered. Its owner's share is free again. */
  Slot* claim(OpenId id);
  void leaveEnded();
  bool isBeyondFollowUp(const nlohmann::json& opener);
  int descriptorOf(const Inquiry& inquiry) const;
  std::unique_ptr<Inquiry> take(uint64_t id);
  void refuseToScan(uint64_t id, std::string_view json);
  void settle(std::unique_ptr<Inquiry> inquiry, std::string_view json);
  /** Of what is told of a verdict: the first open's that waited for it. */
  FileNote noteOf(const Inquiry& inquiry, const std::vector<Slot*>& claimed) const;
  std::vector<Slot*> claimAll(const Inquiry& inquiry);
  void allowAll(const Inquiry& inquiry, std::vector<Slot*> slots, bool keep);
  void keepClean(const Inquiry& inquiry, int fd);
  void count(const Inquiry& inquiry, const std::vector<Slot*>& slots);

  Parts parts_;
  std::mutex mutex_;
  std::unordered_map<uint64_t, std::unique_ptr<Inquiry>> byId_;
  std::unordered_map<FileKey, uint64_t, FileKeyHash> byKey_;
  /** Of each open its own: what it waits for may have been asked under another name. */
  std::vector<FileNote> noteOfSlot_ = std::vector<FileNote>(slotsMax);
  std::vector<OwnerId> ownerOfSlot_ = std::vector<OwnerId>(slotsMax, 0);
  std::vector<uint64_t> inquiryOfSlot_ = std::vector<uint64_t>(slotsMax, 0);
  std::atomic<size_t> backgroundCount_{0}, inquiryCount_{0};
  uint64_t nextId_ = 1;
  uint64_t resendAtMs_ = 0, endedLookMs_ = 0;
  OpenShares shares_, written_{backgroundMax};
};

}  // namespace lazaret::gate
