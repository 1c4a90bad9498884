// SPDX-License-Identifier: Apache-2.0
// A client's talk with descriptors of all kinds, through the door's own relay: the agent gets the same bytes, no
// descriptor that is not harmless, and none stays open. And tables of mounts, of which a user can make his own.
#include "../../fuzz/target.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "shared/descriptor.h"
#include "../src/mount-table.h"
#include "../src/relay.h"

namespace lazaret::fuzz {

static constexpr size_t messagesMax = 48, filesMax = 16;

static int lowestFree() {
  const int free = dup(0);
  close(free);
  return free;
}

static void makePair(Descriptor& one, Descriptor& other) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) std::abort();
  one = Descriptor(pair[0]);
  other = Descriptor(pair[1]);
}

/** What a client may pass: memory, a directory, a pipe, a window of the kernel. Opened once. */
static int fileOfKind(unsigned kind) {
  static const int files[] = {memfd_create("fuzz", MFD_CLOEXEC), open("/", O_RDONLY | O_CLOEXEC),
                              open("/dev/null", O_RDWR | O_CLOEXEC), open("/proc/self/status", O_RDONLY | O_CLOEXEC)};
  return files[kind % 4];
}

static void say(int socket, const uint8_t* text, size_t bytes, unsigned files, unsigned kinds) {
  iovec part{const_cast<uint8_t*>(text), bytes};
  alignas(cmsghdr) char control[CMSG_SPACE(2 * filesMax * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (files > 0 && bytes > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(files * sizeof(int));
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(files * sizeof(int));
    for (unsigned index = 0; index < files; index++) {
      const int file = fileOfKind(kinds >> index % 7);
      std::memcpy(CMSG_DATA(head) + index * sizeof file, &file, sizeof file);
    }
  }
  if (sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) != static_cast<ssize_t>(bytes)) std::abort();
}

static void requireHarmless(int file) {
  struct stat facts;
  if (fstat(file, &facts) != 0) std::abort();
  const bool isMemory = S_ISREG(facts.st_mode) && fcntl(file, F_GET_SEALS) >= 0;
  const bool isNothing = S_ISCHR(facts.st_mode) && (fcntl(file, F_GETFL) & O_PATH);
  if (!isMemory && !isNothing) std::abort();
}

/** Until the other side says no more. */
static std::string hear(int socket) {
  std::string heard;
  for (;;) {
    char text[4096];
    iovec part{text, sizeof text};
    alignas(cmsghdr) char control[CMSG_SPACE(2 * filesMax * sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return heard;
    heard.append(text, static_cast<size_t>(got));
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head))
      for (size_t index = 0; index < (head->cmsg_len - CMSG_LEN(0)) / sizeof(int); index++) {
        int file;
        std::memcpy(&file, CMSG_DATA(head) + index * sizeof file, sizeof file);
        requireHarmless(file);
        close(file);
      }
  }
}

// Of each message: its first byte is 0 where the agent speaks, else how many descriptors the client passes; which
// kinds; how long it is.
static void converse(const uint8_t* data, size_t size) {
  Descriptor client, clients, agent, agents;
  makePair(client, clients);
  makePair(agent, agents);
  std::string ofClient;
  size_t messages = 0;
  for (size_t at = 0; at + 3 <= size && messages < messagesMax; messages++) {
    const size_t bytes = std::min<size_t>(data[at + 2], size - at - 3);
    const bool isAgent = data[at] == 0;
    say(isAgent ? agents.get() : clients.get(), data + at + 3, bytes, isAgent ? 0 : data[at] % (2 * filesMax),
        data[at + 1]);
    if (!isAgent) ofClient.append(reinterpret_cast<const char*>(data + at + 3), bytes);
    at += 3 + bytes;
  }
  shutdown(clients.get(), SHUT_WR);
  static const int ours = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC),
                   nothing = open("/dev/null", O_PATH | O_CLOEXEC);
  std::thread relaying([&] { door::relay(client.get(), agent.get(), {{ours, -1}, nothing}); });
  const bool isSame = hear(agents.get()) == ofClient;
  shutdown(agents.get(), SHUT_RDWR);
  relaying.join();
  if (!isSame) std::abort();
}

static void runRelay(const uint8_t* data, size_t size) {
  static const bool opened = (fileOfKind(0), converse(nullptr, 0), true);
  const int before = opened ? lowestFree() : -1;
  converse(data, size);
  if (lowestFree() != before) std::abort();
}

static void runTables(const uint8_t* data, size_t size) {
  static const int table = memfd_create("table", MFD_CLOEXEC);
  if (ftruncate(table, 0) != 0 || pwrite(table, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  door::Mount mount;
  if (door::findMount(table, 36, mount) && (mount.id != 36 || !door::hasMountOf(table, mount.device))) std::abort();
  door::hasMountOf(table, "0:1");
}

static constexpr Target list[] = {{"door-relay", runRelay}, {"door-tables", runTables}};

std::span<const Target> targets() { return list; }

}  // namespace lazaret::fuzz
