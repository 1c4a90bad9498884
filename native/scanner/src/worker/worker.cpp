// SPDX-License-Identifier: GPL-2.0-only
#include "worker/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <map>
#include <set>

#include "base/channel.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/faults.h"
#include "worker/file-map.h"
#include "worker/fingerprint.h"
#include "base/json.h"
#include "base/limits.h"
#include "sandbox/places.h"
#include "worker/scan-file.h"

namespace lazaret {

static std::string_view verdictOf(const ScanAnswer& answer) {
  if (answer.outOfScope) return "out-of-scope";
  if (!answer.ledger.threats().empty()) return "infected";
  return answer.ledger.rows().empty() ? "clean" : "partly";
}

static void appendThreat(std::string& out, const Threat& threat) {
  out += "{\"name\":";
  appendJsonString(out, threat.name);
  out += threat.yara ? ",\"engine\":\"yara\"," : ",\"engine\":\"clamav\",";
  appendLayers(out, threat.layers);
  out += '}';
}

static void appendRow(std::string& out, const UnscannedRow& row) {
  out += "{\"reason\":\"";
  out += reasonName(row.reason);
  out += "\",";
  appendLayers(out, row.layers);
  out += ",\"bytes\":" + (row.bytes < 0 ? std::string("null") : std::to_string(row.bytes)) + "}";
}

static bool send(int socket, uint64_t job, AnswerKind kind, const std::string& json) {
  ResultHeader header{};
  header.job = job;
  header.kind = static_cast<uint8_t>(kind);
  return sendPacket(socket, asBytes(header), asBytes(json)) == SendResult::sent;
}

static constexpr size_t listBytesMax = limits::packetBytesMax / 2;

// What of a list is told: a list that does not fit into one packet goes ahead in packets of its own.
class ToldList {
 public:
  ToldList(int socket, uint64_t job, std::string_view name) : socket_(socket), job_(job), name_(name) {}
  void add(const std::string& item) {
    if (list_.size() + item.size() + 1 > listBytesMax / 2) {
      send(socket_, job_, AnswerKind::scanRows, "{\"" + std::string(name_) + "\":[" + list_ + "]}");
      list_.clear();
    }
    list_ += (list_.empty() ? "" : ",") + item;
    bytes_ += item.size();
  }
  size_t bytes() const { return bytes_; }
  const std::string& rest() const { return list_; }

 private:
  int socket_;
  uint64_t job_;
  std::string_view name_;
  std::string list_;
  size_t bytes_ = 0;
};

// The first of each pattern in any case, with its place while there is room; its other places as far as they fit. Of
// those that the ledger kept the others are counted: at least so many there are.
static uint64_t tellThreats(ToldList& told, const Ledger& ledger) {
  std::set<std::pair<std::string_view, bool>> names;
  uint64_t leftOut = 0;
  for (const Threat& threat : ledger.threats()) {
    std::string one;
    appendThreat(one, threat);
    const bool fits = told.bytes() + one.size() <= limits::threatsToldBytesMax;
    const bool isFirst = names.emplace(threat.name, threat.yara).second;
    if (!fits && !isFirst) {
      leftOut++;
      continue;
    }
    if (!fits) appendThreat(one = {}, {threat.name, threat.yara, {}});
    told.add(one);
  }
  return leftOut;
}

// The same of what was not looked at, for each reason.
static std::map<Reason, uint64_t> tellRows(ToldList& told, const Ledger& ledger) {
  std::set<Reason> reasons;
  std::map<Reason, uint64_t> leftOut;
  for (const UnscannedRow& row : ledger.rows()) {
    std::string one;
    appendRow(one, row);
    const bool fits = told.bytes() + one.size() <= limits::rowsToldBytesMax;
    if (reasons.insert(row.reason).second || fits) told.add(one);
    else leftOut[row.reason]++;
  }
  return leftOut;
}

static std::string leftOutJson(uint64_t threats, const std::map<Reason, uint64_t>& rows) {
  std::string out = threats == 0 ? "" : ",\"threatsLeftOut\":" + std::to_string(threats);
  if (rows.empty()) return out;
  out += ",\"unscannedLeftOut\":{";
  for (const auto& [reason, count] : rows)
    out += (out.back() == '{' ? "\"" : ",\"") + std::string(reasonName(reason)) + "\":" + std::to_string(count);
  return out + "}";
}

static void answerJob(int socket, uint64_t job, const ScanAnswer& answer, uint64_t timeMs) {
  ToldList threats(socket, job, "threats"), rows(socket, job, "unscanned");
  const uint64_t threatsLeftOut = tellThreats(threats, answer.ledger);
  const std::map<Reason, uint64_t> rowsLeftOut = tellRows(rows, answer.ledger);
  std::string out = "{\"verdict\":\"" + std::string(verdictOf(answer)) + "\",\"threats\":[" + threats.rest() +
                    "],\"unscanned\":[" + rows.rest() + "],\"trueType\":\"";
  out += typeName(answer.trueType);
  out += "\",\"bytes\":" + std::to_string(answer.bytes) +
         ",\"sha256\":" + (answer.sha256.empty() ? "null" : "\"" + answer.sha256 + "\"");
  out += ",\"coverage\":{\"lookedAt\":" + std::to_string(answer.outOfScope ? 0 : answer.ledger.lookedAt()) +
         ",\"all\":" + std::to_string(answer.outOfScope ? 0 : answer.ledger.all()) + "}" +
         leftOutJson(threatsLeftOut, rowsLeftOut) + ",\"timeMs\":" + std::to_string(timeMs) + "}";
  send(socket, job, AnswerKind::scanFinal, out);
}

// Each name once, and not without end: what a file can make us say must not fill the broker.
static HitSink earlyHits(int socket, uint64_t job) {
  return [socket, job, told = std::set<std::pair<std::string, bool>>()](std::string_view name, bool yara,
                                                                        const LayerPath& layers) mutable {
    if (told.size() >= limits::earlyHitsMax || !told.emplace(name, yara).second) return;
    Ledger one;  // with the ledger's own caps
    one.addThreat(name, yara, layers);
    std::string threat;
    appendThreat(threat, one.threats().front());
    if (threat.size() > listBytesMax) appendThreat(threat = {}, {one.threats().front().name, yara, {}});
    send(socket, job, AnswerKind::scanHits, "{\"threats\":[" + threat + "]}");
  };
}

static void serve(Engine& engine, const std::string& temporary, int socket) {
  JobHeader job;
  for (;;) {
    std::vector<Descriptor> descriptors;
    const ssize_t got = receivePacket(socket, reinterpret_cast<uint8_t*>(&job), sizeof job, descriptors);
    if (got <= 0) _exit(0);  // retired: the broker closed its end
    if (got != static_cast<ssize_t>(sizeof job) || descriptors.size() != 1) _exit(71);
    if (job.flags & jobFlagFingerprint) {
      send(socket, job.job, AnswerKind::fingerprint, fingerprintOf(descriptors[0].get()));
      continue;
    }
    const uint64_t begin = nowMs();
    const Profile profile = job.profile;
    faults::serves(socket, job.job);
    const ScanAnswer answer =
        scanDescriptor(engine, descriptors[0].get(), profile, job.flags, temporary, earlyHits(socket, job.job));
    answerJob(socket, job.job, answer, nowMs() - begin);
  }
}

void runWorker(Engine& engine, const Sandbox& sandbox, const SelfTest& selfTest, unsigned slot, int socket,
               uint64_t dataBytesMax, int brokerPid) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != brokerPid) _exit(72);
  prctl(PR_SET_NAME, "lazaret-scanner");
  const std::string temporary = sandbox.slotDirectory(slot);
  if (const Descriptor own(open(temporary.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)); own)
    emptyFolder(own.get());
  engine.setTemporary(temporary);
  seedDigests();
  installBusHandler();
  if (!sealWorker(sandbox, slot, dataBytesMax)) _exit(73);
  if (!selfTest.markerInZipFound(engine, temporary)) _exit(74);
  if (!send(socket, 0, AnswerKind::pong, "{}")) _exit(75);
  serve(engine, temporary, socket);
  _exit(0);
}

}  // namespace lazaret
