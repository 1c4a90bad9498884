// SPDX-License-Identifier: GPL-2.0-only
// The broker's clients: accept, read, answer, let go.
#include <sys/epoll.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "broker/broker.h"
#include "base/clock.h"
#include "base/json.h"
#include "formats/types.h"

namespace lazaret {

static bool mayConnect(int socket) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

void Broker::acceptClients() {
  for (;;) {
    Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) return;
    if (clients_.size() >= limits::clientsMax || !mayConnect(socket.get())) continue;
    auto client = std::make_unique<Client>();
    client->number = nextClient_++;
    client->socket = std::move(socket);
    watch(client->socket.get(), makeTag(Watched::client, client->number), EPOLLIN);
    clients_.emplace(client->number, std::move(client));
  }
}

void Broker::readClient(uint64_t number) {
  static uint8_t buffer[limits::packetBytesMax];
  for (int packets = 0; packets < 64; packets++) {
    const auto found = clients_.find(number);
    if (found == clients_.end()) return;
    Client& client = *found->second;
    flush(client);
    // Who does not take its answers gives no more work.
    if (client.answers.size() > limits::answerQueuePacketsMax / 2) return;
    std::vector<Descriptor> descriptors;
    const ssize_t got = receivePacket(client.socket.get(), buffer, sizeof buffer, descriptors);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) return dropClient(number);
    handleRequest(client, {buffer, static_cast<size_t>(got)}, descriptors);
  }
}

void Broker::handleRequest(Client& client, Bytes packet, std::vector<Descriptor>& descriptors) {
  RequestHeader header;
  if (packet.size < sizeof header)
    return answerError(client.number, 0, "scanner.bad_request", "the request is shorter than a header");
  std::memcpy(&header, packet.data, sizeof header);
  if (header.magic != requestMagic)
    return answerError(client.number, 0, "scanner.bad_request", "the request does not use this protocol");
  const Bytes payload = packet.from(sizeof header);
  switch (static_cast<RequestKind>(header.kind)) {
    case RequestKind::hello:
      return answer(client.number, AnswerKind::hello, header.id,
                    "{\"protocol\":" + std::to_string(protocolVersion) +
                        ",\"workers\":" + std::to_string(options_.workers) + ",\"pid\":" + std::to_string(getpid()) +
                        ",\"types\":" + typesAsJson() + "}");
    case RequestKind::profile: return handleProfile(client, header, payload);
    case RequestKind::scan: return handleScan(client, header, payload, descriptors);
    case RequestKind::cancel: return handleCancel(client, header.id, (header.flags & cancelFlagIfWaiting) != 0);
    case RequestKind::load: return handleLoad(client, header, payload, descriptors);
    case RequestKind::status: return answer(client.number, AnswerKind::status, header.id, statusJson());
    case RequestKind::ping: return answer(client.number, AnswerKind::pong, header.id, "{}");
  }
  answerError(client.number, header.id, "scanner.bad_request", "unknown kind of request");
}

static bool isSane(const Profile& profile) {
  return profile.compressionLayersMax >= limits::compressionLayersMin &&
         profile.compressionLayersMax <= limits::compressionLayersMax && profile.nestingMax >= 1 &&
         profile.nestingMax <= limits::nestingMax && profile.memberBytesMax >= 1 &&
         profile.memberBytesMax <= limits::memberBytesMax && profile.membersMax >= 1 &&
         profile.membersMax <= limits::membersMax && profile.engineTimeMs >= 1 &&
         profile.engineTimeMs <= limits::budgetMsMax && profile.walkTimeMs >= 1 &&
         profile.walkTimeMs <= limits::budgetMsMax;
}

void Broker::handleProfile(Client& client, const RequestHeader& header, Bytes payload) {
  Profile profile;
  if (payload.size != sizeof profile)
    return answerError(client.number, header.id, "scanner.bad_request", "the profile has a wrong length");
  std::memcpy(&profile, payload.data, sizeof profile);
  if (!isSane(profile))
    return answerError(client.number, header.id, "scanner.limit_out_of_range",
                       "a limit of the profile is out of range (PROTOCOL.md)");
  if (client.profiles.size() >= limits::profilesPerClientMax && !client.profiles.contains(header.profile))
    return answerError(client.number, header.id, "scanner.too_many_profiles", "the client has set too many profiles");
  client.profiles[header.profile] = profile;
  answer(client.number, AnswerKind::profile, header.id, "{}");
}

static uint64_t ownerOf(Bytes payload) {
  ScanRequest request{};
  if (payload.size >= sizeof request) std::memcpy(&request, payload.data, sizeof request);
  return request.owner;
}

void Broker::handleScan(Client& client, const RequestHeader& header, Bytes payload,
                        std::vector<Descriptor>& descriptors) {
  const auto profile = client.profiles.find(header.profile);
  if (descriptors.size() != 1)
    return answerError(client.number, header.id, "scanner.bad_request",
                       "a scan request must carry exactly one descriptor");
  if (profile == client.profiles.end())
    return answerError(client.number, header.id, "scanner.unknown_profile", "the profile was not set");
  if (header.priority >= scanClasses)
    return answerError(client.number, header.id, "scanner.bad_request", "the class must be 0, 1, 2 or 3");
  if (!activeRelease()) return answerError(client.number, header.id, "scanner.not_loaded", "no patterns are loaded");
  if (queuedJobs_ >= limits::queuedRequestsMax || client.queued >= limits::queuedRequestsPerClientMax)
    return answerError(client.number, header.id, "scanner.queue_full", "too many requests are waiting");
  // Of the room that is left, nobody takes more than half: there is always some for who has none.
  const uint64_t owner = ownerOf(payload);
  const size_t room =
      std::min(limits::queuedRequestsMax - queuedJobs_, limits::queuedRequestsPerClientMax - client.queued);
  if (queuedOf(owner) >= room)
    return answerError(client.number, header.id, "scanner.queue_full", "too many requests of one owner are waiting");
  Job job;
  job.key = nextJob_++;
  job.client = client.number;
  job.id = header.id;
  job.profile = profile->second;
  job.flags = header.flags;
  job.file = std::move(descriptors[0]);
  job.priority = header.priority;
  job.owner = owner;
  job.bytes = knownSize(job.file.get()).value_or(0);
  if (suspects_.hasSize(owner, job.bytes, nowMs())) job.probe = Probe::check;
  job.deadlineMs = header.deadlineMs ? nowMs() + header.deadlineMs : 0;
  client.queued++;
  if (!isInGoodStanding(owner)) tellCostly(job);
  enqueue(std::move(job));
}

bool Broker::cancelQueued(Client& client, uint64_t id) {
  const auto mine = [&](const Job& job) { return job.client == client.number && job.id == id; };
  size_t found = 0;
  for (FairQueue<Job>& queue : lane_) found += queue.takeIf(mine).size();
  for (FairQueue<Job>& queue : queue_) found += queue.takeIf(mine).size();
  queuedJobs_ -= found;
  client.queued -= found;
  return found > 0;
}

/** All of this number: a client may have asked for the same file on behalf of several owners. Answered once. */
void Broker::handleCancel(Client& client, uint64_t id, bool ifWaiting) {
  bool found = cancelQueued(client, id), goesOn = false;
  for (const auto& release : releases_)
    for (Worker& worker : release->workers)
      for (size_t index = 0; index < worker.jobs.size(); index++) {
        Job& job = worker.jobs[index];
        if (job.client != client.number || job.id != id || job.cancelled) continue;
        if (ifWaiting) {
          goesOn = true;
          continue;
        }
        found = true;
        job.cancelled = true;
        client.queued--;
      }
  // Answered already, or never asked: nothing to cancel, and the answer on its way says all.
  if (found && !goesOn) answerError(client.number, id, "scan.cancelled", "the request was cancelled");
}

void Broker::answer(uint64_t number, AnswerKind kind, uint64_t id, std::string_view json) {
  const auto found = clients_.find(number);
  if (found == clients_.end()) return;
  Client& client = *found->second;
  AnswerHeader header{};
  header.magic = answerMagic;
  header.kind = static_cast<uint8_t>(kind);
  header.id = id;
  const Bytes head = asBytes(header);
  std::string packet(reinterpret_cast<const char*>(head.data), head.size);
  packet += json;
  client.answerBytes += packet.size();
  client.answers.push_back(std::move(packet));
  flush(client);
}

void Broker::answerError(uint64_t client, uint64_t id, std::string_view code, std::string_view detail) {
  answer(client, AnswerKind::error, id, jsonError(code, detail));
}

void Broker::flush(Client& client) {
  while (!client.answers.empty()) {
    const std::string& packet = client.answers.front();
    const SendResult result = sendPacket(client.socket.get(), asBytes(packet), {});
    if (result == SendResult::wouldBlock) break;
    // A client that has gone is noticed by its reading end.
    client.answerBytes -= packet.size();
    client.answers.pop_front();
  }
  const bool wait = !client.answers.empty();
  if (wait == client.waitsForSpace) return;
  client.waitsForSpace = wait;
  epoll_event event{};
  event.events = EPOLLIN | (wait ? EPOLLOUT : 0u);
  event.data.u64 = makeTag(Watched::client, client.number);
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, client.socket.get(), &event);
}

void Broker::dropClient(uint64_t number) {
  const auto theirs = [number](const Job& job) { return job.client == number; };
  for (FairQueue<Job>& queue : lane_) queuedJobs_ -= queue.takeIf(theirs).size();
  for (FairQueue<Job>& queue : queue_) queuedJobs_ -= queue.takeIf(theirs).size();
  for (const auto& release : releases_)
    for (Worker& worker : release->workers)
      for (size_t index = 0; index < worker.jobs.size(); index++) {
        if (worker.jobs[index].client != number) continue;
        worker.jobs[index].cancelled = true;
        worker.jobs[index].client = 0;
      }
  clients_.erase(number);
}

static std::string numbersJson(const std::array<uint64_t, scanClasses>& numbers) {
  std::string out = "[";
  for (const uint64_t number : numbers) out += (out.size() > 1 ? "," : "") + std::to_string(number);
  return out + "]";
}

std::string Broker::statusJson() const {
  std::string out = "{\"pid\":" + std::to_string(getpid()) + ",\"clients\":" + std::to_string(clients_.size()) +
                    ",\"queued\":" + std::to_string(queuedJobs_) + ",\"scansDone\":" + std::to_string(scansDone_) +
                    ",\"scansOf\":" + numbersJson(scansOf_) +
                    ",\"slow\":" + std::to_string(lane_[0].size() + lane_[1].size()) +
                    ",\"suspects\":" + std::to_string(suspects_.size()) + ",\"roomMade\":" + std::to_string(roomMade_) +
                    ",\"workerDeaths\":" + std::to_string(workerDeaths_) +
                    ",\"loaderDeaths\":" + std::to_string(loaderDeaths_) + ",\"releases\":[";
  for (size_t index = 0; index < releases_.size(); index++) {
    const Release& release = *releases_[index];
    static constexpr std::string_view states[] = {"loading", "active", "retiring"};
    out += index ? ",{" : "{";
    out += "\"number\":" + std::to_string(release.number) + ",\"state\":\"" +
           std::string(states[static_cast<size_t>(release.state)]) + "\",\"directory\":";
    appendJsonString(out, release.directory);
    out += ",\"loaderPid\":" + std::to_string(release.loaderPid) +
           ",\"loaded\":" + (release.loadedJson.empty() ? "null" : release.loadedJson) + ",\"workers\":[";
    bool first = true;
    for (const Worker& worker : release.workers) {
      if (worker.pid == 0) continue;
      out += std::string(first ? "" : ",") + "{\"pid\":" + std::to_string(worker.pid) +
             ",\"ready\":" + (worker.state == WorkerState::ready ? "true" : "false") +
             ",\"jobs\":" + std::to_string(worker.jobs.size()) + "}";
      first = false;
    }
    out += "]}";
  }
  return out + "]}";
}

}  // namespace lazaret
