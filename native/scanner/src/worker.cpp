// SPDX-License-Identifier: GPL-2.0-only
#include "worker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <set>

#include "channel.h"
#include "clock.h"
#include "digest.h"
#include "faults.h"
#include "file-map.h"
#include "fingerprint.h"
#include "json.h"
#include "limits.h"
#include "places.h"
#include "scan-file.h"

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

// A list that does not fit into one packet goes ahead in packets of its own.
template <class Item, class Append>
static std::string sendList(int socket, uint64_t job, std::string_view name, const std::vector<Item>& items, Append append) {
  std::string list;
  for (const Item& item : items) {
    std::string one;
    append(one, item);
    if (one.size() > listBytesMax) continue;  // names are capped, so is the depth: cannot be reached by a real path
    if (list.size() + one.size() + 1 > listBytesMax / 2) {
      send(socket, job, AnswerKind::scanRows, "{\"" + std::string(name) + "\":[" + list + "]}");
      list.clear();
    }
    list += (list.empty() ? "" : ",") + one;
  }
  return list;
}

static void answerJob(int socket, uint64_t job, const ScanAnswer& answer, uint64_t timeMs) {
  const std::string threats = sendList(socket, job, "threats", answer.ledger.threats(), appendThreat);
  const std::string rows = sendList(socket, job, "unscanned", answer.ledger.rows(), appendRow);
  std::string out = "{\"verdict\":\"" + std::string(verdictOf(answer)) + "\",\"threats\":[" + threats + "],\"unscanned\":[" + rows + "],\"trueType\":\"";
  out += typeName(answer.trueType);
  out += "\",\"bytes\":" + std::to_string(answer.bytes) + ",\"sha256\":" + (answer.sha256.empty() ? "null" : "\"" + answer.sha256 + "\"");
  out += ",\"coverage\":{\"lookedAt\":" + std::to_string(answer.outOfScope ? 0 : answer.ledger.lookedAt()) +
         ",\"all\":" + std::to_string(answer.outOfScope ? 0 : answer.ledger.all()) + "},\"timeMs\":" + std::to_string(timeMs) + "}";
  send(socket, job, AnswerKind::scanFinal, out);
}

// Each name once, and not without end: what a file can make us say must not fill the broker.
static HitSink earlyHits(int socket, uint64_t job) {
  return [socket, job, told = std::set<std::pair<std::string, bool>>()](std::string_view name, bool yara, const LayerPath& layers) mutable {
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
    const ScanAnswer answer = scanDescriptor(engine, descriptors[0].get(), profile, job.flags, temporary, earlyHits(socket, job.job));
    answerJob(socket, job.job, answer, nowMs() - begin);
  }
}

void runWorker(Engine& engine, const Sandbox& sandbox, const SelfTest& selfTest, unsigned slot, int socket, uint64_t dataBytesMax, int brokerPid) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != brokerPid) _exit(72);
  prctl(PR_SET_NAME, "lazaret-scanner");
  const std::string temporary = sandbox.slotDirectory(slot);
  if (const Descriptor own(open(temporary.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)); own) emptyFolder(own.get());
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
