// SPDX-License-Identifier: Apache-2.0
// lazaret-clamd-door: between the clamd socket, which every user may talk to, and the agent. A descriptor that a user
// passes can hold for ever whoever closes it, and so can one that is dropped unread. So each client that is let in has
// a process of its own here, which hands on bytes and harmless descriptors; whatever becomes of it, it holds nothing
// that anybody else needs. The first process accepts, asks the agent whose the client is and whether he has room left,
// and closes no client's socket at last: it only lets go of those that another process holds, or that nothing was
// passed over.
//
// Descriptor 3 is the listening socket, 4 the way to the agent. Packets on it are numbers of 32 bits. The second number
// is the client's, the first one says:
//   1  from the first process: who asks to be let in (pid, uid, gid, groups). The agent answers that number, 0 or 1,
//      and its owner.
//   2  from a client's process, with one end of a stream, which is the conversation.
//   3  from the first process: the client's process is gone.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <vector>

#include "shared/descriptor.h"
#include "hand-over.h"
#include "packet.h"
#include "refused.h"
#include "relay.h"
#include "seal.h"
#include "version.h"

namespace lazaret::door {

namespace {

constexpr int listener = 3, agent = 4;
constexpr uint32_t asks = 1, opened = 2, ended = 3;
constexpr size_t askingMax = 64;  // wait for the agent's word; more wait in the kernel's queue

Descriptor openTable(const std::string& process) {
  return Descriptor(open(("/proc/" + process + "/mountinfo").c_str(), O_RDONLY | O_CLOEXEC));
}

/** In the client's own process. Nothing that the client sent is looked at before seal(). */
void serve(uint32_t number, int client, std::optional<uid_t> user, pid_t first) {
  const Peer peer = describePeer(client);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return;
  const Descriptor mine(pair[0]), ours = openTable("self"), theirs = openTable(std::to_string(peer.pid)),
                                  nothing(open("/dev/null", O_PATH | O_CLOEXEC));
  Descriptor other(pair[1]);
  if (!nothing || !tell(agent, {opened, number}, other.get())) return;
  other = Descriptor();
  if (!seal(user, {client, mine.get(), ours.get(), theirs.get(), nothing.get()}, first)) return;
  relay(client, mine.get(), {{ours.get(), theirs.get()}, nothing.get()});
}

class Door {
 public:
  explicit Door(std::optional<uid_t> user) : user_(user), refused_(user) {}
  bool mayAccept() const { return asking_.size() < askingMax; }

  /** False: the agent is gone. */
  bool accept() {
    const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
      if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) poll(nullptr, 0, 100);  // no room now
      return true;
    }
    const Peer peer = describePeer(client);
    asking_.emplace(++number_, client);
    std::vector<uint32_t> packet{asks, number_, static_cast<uint32_t>(peer.pid), peer.uid, peer.gid};
    packet.insert(packet.end(), peer.groups.begin(), peer.groups.end());
    return tell(agent, packet, -1);
  }

  void answer(uint32_t number, bool admitted, uint32_t owner) {
    const auto found = asking_.find(number);
    if (found == asking_.end()) return;
    const int client = found->second;
    asking_.erase(found);
    if (!admitted) return refused_.take(owner, client);
    const pid_t process = handOver({client}, agent, [&, first = getpid()] { serve(number, client, user_, first); });
    if (process > 0) {
      serving_.emplace(process, number);
      return;
    }
    tell(agent, {ended, number}, -1);
    refused_.take(owner, client);
  }

  void reap() {
    for (pid_t gone; (gone = waitpid(-1, nullptr, WNOHANG)) > 0;) {
      const auto found = serving_.find(gone);
      if (found == serving_.end()) {
        refused_.gone(gone);
        continue;
      }
      tell(agent, {ended, found->second}, -1);
      serving_.erase(found);
    }
  }

  /** Before the end of this process, which would wait for what it closes. */
  void leave() {
    for (const auto& [number, client] : asking_) refused_.keep(0, client);
    refused_.leave();
  }

 private:
  std::optional<uid_t> user_;
  uint32_t number_ = 0;
  std::map<uint32_t, int> asking_;
  std::map<pid_t, uint32_t> serving_;
  Refused refused_;
};

/** Sockets of the refused are kept while their user's files do not answer: as many as the kernel lets him pass, so no
 * number of ours may be less. */
void raiseDescriptorsMax() {
  rlim_t most = 0;
  std::ifstream("/proc/sys/fs/nr_open") >> most;
  const rlimit limit{most, most};
  if (most > 0) setrlimit(RLIMIT_NOFILE, &limit);
}

int watchChildren() {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, nullptr);
  return signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
}

/** False: the agent is gone. */
bool turn(Door& door, int signals) {
  pollfd watched[] = {{agent, POLLIN, 0}, {signals, POLLIN, 0}, {door.mayAccept() ? listener : -1, POLLIN, 0}};
  poll(watched, 3, -1);
  if (watched[1].revents & POLLIN) {
    signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {}
    door.reap();
  }
  uint32_t word[3];
  ssize_t got = -1;
  while (watched[0].revents && (got = recv(agent, word, sizeof word, MSG_DONTWAIT)) == sizeof word)
    door.answer(word[0], word[1] == 1, word[2]);
  if (got >= 0 || (watched[0].revents && errno != EAGAIN && errno != EINTR)) return false;
  return !(watched[2].revents & POLLIN) || door.accept();
}

int run() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "lazaret-door");
  raiseDescriptorsMax();
  const Descriptor signals(watchChildren());
  const std::optional<uid_t> user = geteuid() == 0 ? findUnusedUser() : std::nullopt;
  if (!signals || (geteuid() == 0 && !user)) return 2;
  Door door(user);
  while (turn(door, signals.get())) {}
  door.leave();
  return 0;
}

}  // namespace

}  // namespace lazaret::door

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "lazaret-clamd-door")) return 0;
  return lazaret::door::run();
}
