// SPDX-License-Identifier: Apache-2.0
#include "reading/notify-reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "shared/clock.h"
#include "opens/opener.h"
#include "mounts/places.h"
#include "opens/program-content.h"

namespace lazaret::gate {

static constexpr int roomPauseMs = 5, settlePauseMs = 50;
static constexpr uint64_t arrivalMs = 1'000;

void NotifyReader::run() {
  alignas(fanotify_event_metadata) static thread_local char buffer[16'384];
  emptyAtMs_ = unixMs();
  for (;;) {
    pollfd ready{parts_.group, POLLIN, 0};
    if (poll(&ready, 1, 0) == 0) {
      emptyAtMs_ = unixMs();
      offerHeld();
      if (held_.empty() && parts_.judging.isSettled()) parts_.gaps.settled();
      if (poll(&ready, 1, !held_.empty() ? roomPauseMs : parts_.gaps.isSettled() ? -1 : settlePauseMs) == 0) continue;
      // The event has just arrived. If it is lost, the gap begins here.
      emptyAtMs_ = unixMs() - arrivalMs;
    }
    // Before it is read: a gate that dies with it in hand is followed by one that has it walked.
    parts_.gaps.begin(emptyAtMs_);
    ssize_t got = read(parts_.group, buffer, sizeof buffer);
    for (auto* event = reinterpret_cast<fanotify_event_metadata*>(buffer); got > 0 && FAN_EVENT_OK(event, got);
         event = FAN_EVENT_NEXT(event, got))
      handle(*event);
    offerHeld();
  }
}

/** Which files were closed after a write is not known: what rests on being told of it goes. */
void NotifyReader::overflowed() {
  parts_.statistics.counters.notifyOverflows.fetch_add(1);
  parts_.cache.makeCleanVoid();
  parts_.ignoreMarks.removeAll();
  parts_.gaps.overflowed(emptyAtMs_);
}

struct FileId {
  uint64_t fsid = 0;
  file_handle* handle = nullptr;
  const char* name = nullptr;
};

static FileId readId(const fanotify_event_info_fid* info, bool named) {
  FileId id;
  std::memcpy(&id.fsid, &info->fsid, sizeof id.fsid);
  id.handle = reinterpret_cast<file_handle*>(const_cast<unsigned char*>(info->handle));
  if (named) id.name = reinterpret_cast<const char*>(id.handle->f_handle) + id.handle->handle_bytes;
  return id;
}

/** Its directory's handle with its name, and its own: the kernel gives both, or (before 5.17) the first alone for a new
 * name. */
struct FileIds {
  FileId named, object;
};

static FileIds readIds(const fanotify_event_metadata& event) {
  FileIds ids;
  const char* at = reinterpret_cast<const char*>(&event) + event.metadata_len;
  const char* end = reinterpret_cast<const char*>(&event) + event.event_len;
  while (at + sizeof(fanotify_event_info_header) <= end) {
    const auto* info = reinterpret_cast<const fanotify_event_info_fid*>(at);
    if (info->hdr.len == 0) break;
    if (info->hdr.info_type == FAN_EVENT_INFO_TYPE_FID) ids.object = readId(info, false);
    if (info->hdr.info_type == FAN_EVENT_INFO_TYPE_DFID_NAME) ids.named = readId(info, true);
    at += info->hdr.len;
  }
  return ids;
}

static Descriptor openById(const MountKeeper& mounts, const FileId& id) {
  if (!id.handle) return Descriptor();
  const Descriptor place = mounts.openFileSystem(id.fsid);
  if (!place) return Descriptor();
  Descriptor object(open_by_handle_at(place.get(), id.handle, O_PATH | O_CLOEXEC));
  if (!object || !id.name) return object;
  return Descriptor(openat(object.get(), id.name, O_PATH | O_CLOEXEC | O_NOFOLLOW));
}

static bool isSame(const Descriptor& one, const Descriptor& other) {
  struct stat first, second;
  return fstat(one.get(), &first) == 0 && fstat(other.get(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/** By the name of the event, while it leads to the same object: of several names, the handle may show one that is out
 * of scope. */
static Descriptor openByIds(const MountKeeper& mounts, const FileIds& ids) {
  Descriptor named = openById(mounts, ids.named);
  Descriptor object = openById(mounts, ids.object);
  return !object || (named && isSame(named, object)) ? std::move(named) : std::move(object);
}

void NotifyReader::handle(const fanotify_event_metadata& event) {
  if (event.mask & FAN_Q_OVERFLOW) return overflowed();
  if (parts_.isOwn(event.pid)) return;
  Descriptor path = openByIds(parts_.mounts, readIds(event));
  if (!path) return;
  const auto owner = look(std::move(path), event.mask, event.pid);
  if (!owner) return;
  const char* bytes = reinterpret_cast<const char*>(&event);
  if (!held_.keep(*owner, {bytes, event.event_len}, {bytes + event.metadata_len, event.event_len - event.metadata_len}))
    parts_.gaps.overflowed(emptyAtMs_);
}

/** Whose written files had to wait. */
void NotifyReader::offerHeld() {
  held_.offer([this](OwnerId owner, const std::string& bytes) {
    if (!parts_.judging.hasRoomFor(owner)) return false;
    const auto& event = *reinterpret_cast<const fanotify_event_metadata*>(bytes.data());
    Descriptor path = openByIds(parts_.mounts, readIds(event));
    return !path || !look(std::move(path), event.mask, std::nullopt);
  });
}

/** `path` is O_PATH: nothing was opened yet, so that neither a device nor a pipe is touched. `pid`: who wrote it, if
 * that was not looked at already. Answers the owner whose share is under way, where the file has to wait. */
std::optional<OwnerId> NotifyReader::look(Descriptor path, uint64_t mask, std::optional<int> pid) {
  struct stat facts;
  if (fstat(path.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return {};
  const std::string name = "/proc/self/fd/" + std::to_string(path.get());
  const FileKey key = keyOf(facts);
  // A store through a mapping left no trace; the close after it does. The verdict first: who is asked for then finds
  // none.
  if (mask & FAN_CLOSE_WRITE) parts_.cache.forgetAtRest(key);
  if (mask & (FAN_CLOSE_WRITE | FAN_ATTRIB)) parts_.ignoreMarks.removeByName(name.c_str());
  if (!(mask & ~FAN_ATTRIB)) return {};
  // A new name of something that has content already: a hard link, or a file that had no name before. A new file is
  // empty.
  if (facts.st_size == 0) return {};
  if (parts_.cache.find(key).known != Known::nothing) return {};
  const auto rules = parts_.rules.current();
  if (!rules->active || !rules->scope) return {};
  const auto view = parts_.mounts.view();
  FileNote note;
  note.access = mask & FAN_CLOSE_WRITE ? Access::closeWrite : Access::moved;
  note.place = placeOf(path.get(), key.device, *view, parts_.mounts);
  const Judgement judgement = judgePlace(note.place, *view, *rules->scope);
  if (!judgement.scan) return {};
  note.decidedBy = judgement.decidedBy;
  Descriptor file(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOATIME | O_NONBLOCK));
  if (!file) return {};
  // What a program writes all the time is not looked at all the time; who else opens it meets a scan.
  if (pid && !programException(*pid, *rules->scope).empty() && !mayRun(file.get(), note.place.path)) return {};
  const OwnerId owner = parts_.owners.ofUser(facts.st_uid);
  if (parts_.judging.askInBackground(std::move(file), key, std::move(note), judgement.nameListed, owner)) return {};
  return owner;
}

}  // namespace lazaret::gate
