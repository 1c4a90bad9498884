// SPDX-License-Identifier: Apache-2.0
// lazaret-clamd-door: between the clamd socket, which every user may talk to, and the agent. A descriptor that a user passes can hold for ever whoever closes it,
// and so can one that is dropped unread. So each client has a process of its own here, which takes the connection, and hands on bytes and harmless descriptors.
// Whatever becomes of it: it holds nothing that anybody else needs.
// Standard: descriptor 3 is the listening socket, 4 the way to the agent. Packets on it are numbers of 32 bits:
// from a client's process 1, its id, and who has connected: pid, uid, gid, groups; with them one end of a stream, which is the conversation;
// from the first process 2 and the id of a client's process that is gone.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "descriptor.h"
#include "relay.h"
#include "seal.h"

namespace lazaret::door {

namespace {

constexpr int listener = 3, agent = 4;
constexpr uint32_t opened = 1, ended = 2;
constexpr size_t groupsMax = 16'384;  // a packet has room for so many
constexpr size_t processesMax = 512;  // with those that cannot end

bool tell(const std::vector<uint32_t>& numbers, int descriptor) {
  iovec part{const_cast<uint32_t*>(numbers.data()), numbers.size() * sizeof(uint32_t)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  }
  ssize_t sent;
  do sent = sendmsg(agent, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

Descriptor acceptOne() {
  for (;;) {
    pollfd watched{listener, POLLIN, 0};
    poll(&watched, 1, -1);
    Descriptor client(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (client) return client;
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) poll(nullptr, 0, 100);  // no room now
  }
}

/** Who has connected, as the agent is told. Empty where the kernel does not say it. */
std::vector<uint32_t> describePeer(int client) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  std::vector<uint32_t> groups(groupsMax);
  socklen_t groupBytes = groupsMax * sizeof(uint32_t);
  if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0 || getsockopt(client, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &groupBytes) != 0) return {};
  std::vector<uint32_t> told{opened, static_cast<uint32_t>(getpid()), static_cast<uint32_t>(peer.pid), peer.uid, peer.gid};
  told.insert(told.end(), groups.begin(), groups.begin() + static_cast<ptrdiff_t>(groupBytes / sizeof(uint32_t)));
  return told;
}

Descriptor openTable(const std::string& process) { return Descriptor(open(("/proc/" + process + "/mountinfo").c_str(), O_RDONLY | O_CLOEXEC)); }

struct First {
  pid_t process;
  int taken;  // where a client's process says that it has its client
  std::optional<uid_t> user;
};

void serve(const First& first) {
  const Descriptor client = acceptOne();
  const auto self = static_cast<uint32_t>(getpid());
  if (write(first.taken, &self, sizeof self) != sizeof self) return;
  const std::vector<uint32_t> peer = describePeer(client.get());
  int pair[2];
  if (peer.empty() || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return;
  const Descriptor mine(pair[0]), ours = openTable("self"), theirs = openTable(std::to_string(peer[2])), nothing(open("/dev/null", O_PATH | O_CLOEXEC));
  Descriptor other(pair[1]);
  if (!nothing || !tell(peer, other.get())) return;
  other = Descriptor();
  // Nothing that the client sent was looked at until here.
  if (!seal(first.user, {client.get(), mine.get(), ours.get(), theirs.get(), nothing.get()}, first.process)) return;
  relay(client.get(), mine.get(), {{ours.get(), theirs.get()}, nothing.get()});
}

pid_t startProcess(const First& first) {
  const pid_t process = fork();
  if (process != 0) return process;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == first.process) serve(first);
  _exit(0);
}

int run() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "lazaret-door");
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, nullptr);
  const Descriptor signals(signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
  int pipe[2];
  if (!signals || pipe2(pipe, O_CLOEXEC) != 0) return 2;
  const Descriptor takes(pipe[0]), taken(pipe[1]);
  const First first{getpid(), taken.get(), geteuid() == 0 ? findUnusedUser() : std::nullopt};
  if (geteuid() == 0 && !first.user) return 2;
  pid_t waiting = 0;  // for the next client
  size_t processes = 0;
  for (;;) {
    if (waiting <= 0 && processes < processesMax && (waiting = startProcess(first)) > 0) processes++;
    pollfd watched[] = {{takes.get(), POLLIN, 0}, {signals.get(), POLLIN, 0}, {agent, 0, 0}};
    poll(watched, 3, waiting < 0 ? 100 : -1);
    if (watched[2].revents & (POLLHUP | POLLERR)) return 0;
    uint32_t who = 0;
    if ((watched[0].revents & POLLIN) && read(takes.get(), &who, sizeof who) == sizeof who && static_cast<pid_t>(who) == waiting) waiting = 0;
    signalfd_siginfo info;
    while (read(signals.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    }
    for (pid_t gone; (gone = waitpid(-1, nullptr, WNOHANG)) > 0; processes--) {
      if (gone == waiting) waiting = 0;
      if (!tell({ended, static_cast<uint32_t>(gone)}, -1)) return 0;
    }
  }
}

}  // namespace

}  // namespace lazaret::door

int main() { return lazaret::door::run(); }
