// SPDX-License-Identifier: GPL-2.0-only
// The bytes are a talk: a letter who speaks, two bytes how long, then the packet. Real sockets, no child of its own: a
// release that seems to load keeps the broker from starting a loader.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "broker/broker.h"
#include "base/clock.h"
#include "rooms.h"

namespace lazaret {

static std::pair<Descriptor, Descriptor> makePair() {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) std::abort();
  return {Descriptor(pair[0]), Descriptor(pair[1])};
}

static void drain(const Descriptor& socket) {
  static uint8_t buffer[limits::packetBytesMax];
  for (;;) {
    std::vector<Descriptor> descriptors;
    if (receivePacket(socket.get(), buffer, sizeof buffer, descriptors) <= 0) return;
  }
}

struct FuzzAccess {
  static constexpr uint64_t releaseNumber = 1;
  Broker broker{{"", 2, 1, 0}};
  Descriptor clients[2], worker, file;

  FuzzAccess() {
    broker.epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
    file = Descriptor(memfd_create("fuzz", MFD_CLOEXEC));
    if (ftruncate(file.get(), 4096) != 0) std::abort();
    for (Descriptor& end : clients) {
      auto client = std::make_unique<Client>();
      client->number = broker.nextClient_++;
      auto pair = makePair();
      client->socket = std::move(pair.first);
      end = std::move(pair.second);
      broker.clients_.emplace(client->number, std::move(client));
    }
    addRelease(ReleaseState::active);
    addRelease(ReleaseState::loading);
    revive();
  }

  void addRelease(ReleaseState state) {
    auto release = std::make_unique<Release>();
    release->number = broker.nextRelease_++;
    release->state = state;
    release->startedMs = nowMs();
    release->workers.resize(broker.options_.workers);
    broker.releases_.push_back(std::move(release));
  }

  // Its last job's worker is gone, another stands in its place.
  void revive() {
    auto pair = makePair();
    Worker& place = broker.findRelease(releaseNumber)->workers[0];
    place.socket = std::move(pair.first);
    place.state = WorkerState::ready;
    worker = std::move(pair.second);
  }

  void fromClient(size_t index, Bytes packet, size_t files) {
    sendPacket(clients[index].get(), packet, {}, std::vector<int>(files, file.get()));
    broker.readClient(index + 1);
    broker.dispatch();
    drain(clients[index]);
  }

  void fromWorker(Bytes packet) {
    drain(worker);
    sendPacket(worker.get(), packet, {});
    broker.readWorker(releaseNumber, 0);
    broker.dispatch();
    for (const Descriptor& end : clients) drain(end);
  }

  void workerDies() {
    broker.workerDied(*broker.findRelease(releaseNumber), 0);
    revive();
    broker.dispatch();
  }

  void step(uint8_t who, Bytes packet) {
    switch (who) {
      case 'a': return fromClient(0, packet, 0);
      case 'A': return fromClient(0, packet, 1);
      case 'b': return fromClient(1, packet, 0);
      case 'B': return fromClient(1, packet, 1);
      case 'm': return fromClient(1, packet, 3);
      case 'w': return fromWorker(packet);
      case 'd': return workerDies();
      case 'e': return broker.expireQueue(nowMs() + 1'000'000);
      case 'x': return broker.dropClient(2);
      default: return;
    }
  }
};

namespace fuzz {

void runBroker(const uint8_t* data, size_t size) {
  const Bytes talk{data, size};
  FuzzAccess access;
  for (size_t at = 0, packets = 0; talk.has(at, 3) && packets < 64; packets++) {
    const size_t bytes = std::min<size_t>(talk.le16(at + 1), size - at - 3);
    access.step(talk.u8(at), talk.sub(at + 3, bytes));
    at += 3 + bytes;
  }
}

}  // namespace fuzz
}  // namespace lazaret
