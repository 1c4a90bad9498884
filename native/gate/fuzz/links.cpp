// SPDX-License-Identifier: Apache-2.0
#include "links.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "telling/agent-link.h"
#include "judging/scanner-link.h"
#include "judging/verdict.h"

namespace lazaret::gate {

using nlohmann::json;

const std::vector<std::shared_ptr<const GateConfiguration>>& knownRules() {
  static const auto& known = *new auto([] {
    std::vector<std::shared_ptr<const GateConfiguration>> list;
    const char* path = std::getenv("LAZARET_FUZZ_RULES");
    std::ifstream file(path ? path : "");
    std::string fault;
    for (std::string line; std::getline(file, line);) {
      list.push_back(parseConfiguration(line, fault));
      if (!list.back()) std::fprintf(stderr, "LAZARET_FUZZ_RULES: %s\n", fault.c_str()), std::exit(2);
    }
    if (list.empty()) std::fprintf(stderr, "LAZARET_FUZZ_RULES: no rules\n"), std::exit(2);
    return list;
  }());
  return known;
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin <= text.size() && lines.size() < 64;) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/** A socket in the runner's folder. */
static std::string socketPath(const char* name) {
  const char* place = std::getenv("LAZARET_FUZZ_PLACE");
  return std::string(place ? place : "/nonexistent") + "/" + name;
}

static sockaddr_un addressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) std::abort();
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

static Descriptor newSocket() { return Descriptor(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

static Descriptor connectTo(const std::string& path) {
  const sockaddr_un address = addressOf(path);
  Descriptor made = newSocket();
  if (connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
  return made;
}

static Descriptor listenAt(const std::string& path) {
  const sockaddr_un address = addressOf(path);
  Descriptor made = newSocket();
  unlink(path.c_str());
  if (bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(made.get(), 4) != 0)
    std::abort();
  return made;
}

static void sendLine(int socket, const std::string& line, int file) {
  iovec part{const_cast<char*>(line.data()), line.size()};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  if (file >= 0) {
    packet.msg_control = control;
    packet.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&packet);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &file, sizeof file);
  }
  sendmsg(socket, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static AgentHandlers handlersOf(Outbox& outbox) {
  return {[] {
            return json{{"type", "hello"}};
          },
          [](const std::string& text) {
            std::string fault;
            const auto rules = parseConfiguration(text, fault);
            return json{{"type", "configured"}, {"fault", rules ? json() : json(fault)}};
          },
          [](Descriptor) {},
          [] { return json::object(); },
          [&outbox] { outbox.tellAgain(); },
          [&outbox](const std::vector<uint64_t>& numbers) {
            for (const uint64_t number : numbers) outbox.done(number);
          }};
}

/** What a line of an input does, by its first byte: `>` the gate tells the rest of it, `+` another agent takes the
 * place, anything else the agent sends it. */
struct FuzzAccess {
  static void agent(const std::vector<std::string>& lines) {
    static const int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    static const std::string path = socketPath("agent.sock");
    Outbox outbox(wake, 4);
    AgentLink link(path, wake, outbox, handlersOf(outbox));
    if (!link.listen()) std::abort();
    Descriptor theirs = connectTo(path);
    link.accept();
    const Descriptor file(memfd_create("fuzz", MFD_CLOEXEC));
    if (write(file.get(), lines.back().data(), lines.back().size()) < 0) return;
    uint64_t number = 0;
    for (const std::string& line : lines) {
      const bool withFile = line.size() % 2;
      if (line.starts_with('>')) {
        outbox.put({{"type", "let-through"}, {"path", line}}, withFile ? Descriptor(dup(file.get())) : Descriptor(),
                   line.size() % 3 ? Weight::needed : Weight::spare, number++);
      } else if (line.starts_with('+')) {
        theirs = connectTo(path);
        link.accept();
      } else {
        sendLine(theirs.get(), line, withFile ? file.get() : -1);
        link.receive();
      }
      link.flush();
    }
    theirs.reset();
    outbox.put({{"type", "let-through"}}, Descriptor());
    link.flush();
  }

  static void scanner(const std::vector<std::string>& packets) {
    static const std::string path = socketPath("scanner.sock");
    static const Descriptor& listener = *new Descriptor(listenAt(path));
    size_t seen = 0;
    ScannerLink link(path, {[] {},
                            [&seen](AnswerKind kind, uint64_t id, std::string_view text) {
                              seen += static_cast<size_t>(kind) + id +
                                      readVerdict(text, {}, *knownRules()[0]).decidedBy.size();
                            }});
    link.setProfile(packets.front());
    // Twice: what follows a replaced scan process is as before.
    for (size_t round = 0; round < 2; round++) {
      if (!link.connectOnce()) std::abort();
      const Descriptor theirs(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      link.peer_.store(0);  // it is this process: not to be ended
      link.up_.store(true);
      link.setProfile(packets.back());
      link.scan(theirs.get(), packets.size(), 0, 0, round == 0);
      link.cancel(1, round == 0);
      watchSilence(link);
      for (const std::string& packet : packets) sendLine(theirs.get(), packet, -1);
      shutdown(theirs.get(), SHUT_RDWR);
      link.receive();
      link.up_.store(false);
      link.socket_.reset();
    }
    link.scan(-1, 1, 0, 0, false);
  }

  /** A scan process that has said nothing for long: it is asked, and then taken for dead. */
  static void watchSilence(ScannerLink& link) {
    link.watch(true);
    link.heardAtMs_.store(0);
    link.isAnswering();
    link.watch(true);
    link.askedAtMs_.store(1);
    link.watch(true);
  }
};

void runAgentLink(const uint8_t* data, size_t size) {
  FuzzAccess::agent(linesOf({reinterpret_cast<const char*>(data), size}));
}

void runScannerLink(const uint8_t* data, size_t size) {
  FuzzAccess::scanner(linesOf({reinterpret_cast<const char*>(data), size}));
}

}  // namespace lazaret::gate
