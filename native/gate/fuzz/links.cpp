// SPDX-License-Identifier: Apache-2.0
#include "links.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "../src/agent-link.h"
#include "../src/scanner-link.h"
#include "../src/verdict.h"

namespace lazaret::gate {

using nlohmann::json;

const std::vector<std::shared_ptr<const Rules>>& knownRules() {
  static const auto& known = *new auto([] {
    std::vector<std::shared_ptr<const Rules>> list;
    const char* path = std::getenv("LAZARET_FUZZ_RULES");
    std::ifstream file(path ? path : "");
    std::string fault;
    for (std::string line; std::getline(file, line);) {
      list.push_back(parseRules(line, fault));
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

struct Pair {
  Descriptor ours, theirs;
  Pair() {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) std::abort();
    ours = Descriptor(pair[0]);
    theirs = Descriptor(pair[1]);
  }
};

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

struct FuzzAccess {
  static void agent(const std::vector<std::string>& lines) {
    static const int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    Outbox outbox(wake, 4);
    AgentHandlers handlers{[] { return json::object(); },
                           [](const std::string& text) {
                             std::string fault;
                             const auto rules = parseRules(text, fault);
                             return json{{"type", "configured"}, {"fault", rules ? json() : json(fault)}};
                           },
                           [](Descriptor) {}, [] { return json::object(); }, [] {},
                           [&outbox](const std::vector<uint64_t>& numbers) {
                             for (const uint64_t number : numbers) outbox.done(number);
                           }};
    AgentLink link("", wake, outbox, std::move(handlers));
    Pair pair;
    link.agent_ = std::move(pair.ours);
    const Descriptor file(memfd_create("fuzz", MFD_CLOEXEC));
    if (write(file.get(), lines.back().data(), lines.back().size()) < 0) return;
    outbox.put({{"type", "let-through"}}, Descriptor(), Weight::needed, 1);
    for (const std::string& line : lines) {
      sendLine(pair.theirs.get(), line, line.size() % 2 ? file.get() : -1);
      link.receive();
      link.flush();
    }
  }

  static void scanner(const std::vector<std::string>& packets) {
    size_t seen = 0;
    ScannerLink link("", {[] {}, [&seen](AnswerKind kind, uint64_t id, std::string_view text) {
                            seen += static_cast<size_t>(kind) + id + readVerdict(text, {}, *knownRules()[0]).decidedBy.size();
                          }});
    Pair pair;
    link.socket_ = std::move(pair.ours);
    link.setProfile(packets.front());
    link.scan(-1, packets.size(), 0, 0, false);
    link.cancel(1, true);
    link.up_.store(true);
    link.watch(true);
    for (const std::string& packet : packets) sendLine(pair.theirs.get(), packet, -1);
    shutdown(pair.theirs.get(), SHUT_RDWR);
    link.receive();
  }
};

void runAgentLink(const uint8_t* data, size_t size) { FuzzAccess::agent(linesOf({reinterpret_cast<const char*>(data), size})); }

void runScannerLink(const uint8_t* data, size_t size) { FuzzAccess::scanner(linesOf({reinterpret_cast<const char*>(data), size})); }

}  // namespace lazaret::gate
