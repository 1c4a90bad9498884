// SPDX-License-Identifier: Apache-2.0
#include "marks/pre-access.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace lazaret::gate {

static constexpr uint64_t preAccessEvent = 0x00100000;  // newer than Debian 12's headers

bool PreAccess::refuse(int fd) {
  return group_ >= 0 && fanotify_mark(group_, FAN_MARK_ADD, preAccessEvent, fd, nullptr) == 0;
}

bool PreAccess::isKnownTo(int directory) const {
  const std::string name = "/proc/self/fd/" + std::to_string(directory);
  if (group_ < 0 || fanotify_mark(group_, FAN_MARK_ADD, preAccessEvent, AT_FDCWD, name.c_str()) != 0) return false;
  fanotify_mark(group_, FAN_MARK_REMOVE, preAccessEvent, AT_FDCWD, name.c_str());
  return true;
}

void PreAccess::releaseAll() {
  if (group_ >= 0) fanotify_mark(group_, FAN_MARK_FLUSH, 0, AT_FDCWD, "/");
}

void PreAccess::refuseRead(int descriptorsMax) {
  for (int fd = 0; fd < descriptorsMax; fd++) {
    const fanotify_response response{fd, FAN_DENY};
    [[maybe_unused]] const ssize_t written = write(group_, &response, sizeof response);
  }
}

void PreAccess::run() {
  // Such an event tells a range behind itself, so it is longer than an open's.
  alignas(fanotify_event_metadata) char buffer[4096];
  for (;;) {
    pollfd ready{group_, POLLIN, 0};
    if (poll(&ready, 1, -1) < 0) continue;
    ssize_t got = read(group_, buffer, sizeof buffer);
    for (auto* event = reinterpret_cast<fanotify_event_metadata*>(buffer); got > 0 && FAN_EVENT_OK(event, got);
         event = FAN_EVENT_NEXT(event, got)) {
      if (event->fd < 0) continue;
      const fanotify_response response{event->fd, static_cast<uint32_t>(isOwn_(event->pid) ? FAN_ALLOW : FAN_DENY)};
      [[maybe_unused]] const ssize_t written = write(group_, &response, sizeof response);
      close(event->fd);
    }
  }
}

}  // namespace lazaret::gate
