// SPDX-License-Identifier: Apache-2.0
#include "tree_walk.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "guarded.hpp"
#include "identity.hpp"
#include "paths.hpp"

namespace safefs {
namespace {

constexpr uint64_t kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

std::vector<std::string> namesBelow(const std::string& root, const std::string& path) {
  std::vector<std::string> names;
  size_t position = root.size();
  while (position < path.size()) {
    size_t end = path.find('/', position + 1);
    if (end == std::string::npos) end = path.size();
    if (end > position + 1) names.push_back(path.substr(position + 1, end - position - 1));
    position = end;
  }
  return names;
}

void trimSlashes(std::string& path) {
  while (!path.empty() && path.back() == '/') path.pop_back();
}

bool isDirectory(const Record& record) { return record.type == static_cast<uint32_t>(EntryType::directory); }

}  // namespace

// The root directory "/" is the empty string in here, so that a child is always path + '/' + name.
TreeWalk::TreeWalk(WalkOptions options) : options_(std::move(options)) {
  trimSlashes(options_.root);
  trimSlashes(options_.cursor);
  for (auto& path : options_.prune) trimSlashes(path);
  std::sort(options_.prune.begin(), options_.prune.end());
}

bool TreeWalk::fill(Batch& batch) {
  batch.clear();
  if (!started_) start(batch);
  while (!cancelled_ && !frames_.empty() && batch.records.size() < kBatchEntriesMax &&
         batch.blob.size() < kBatchPathBytesMax)
    step(batch);
  return !cancelled_ && (!batch.records.empty() || !frames_.empty());
}

void TreeWalk::start(Batch& batch) {
  started_ = true;
  path_ = options_.root;
  onCursor_ = options_.hasCursor;
  if (onCursor_) cursorNames_ = namesBelow(options_.root, options_.cursor);
  UniqueFd fd = namePath(AT_FDCWD, path_.empty() ? "/" : path_, false, false);
  if (!fd.valid()) return emitError(batch, errno);
  Record record;
  if (int error = statInto(fd.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, record)) return emitError(batch, error);
  if (const Mount* mount = mounts_.find(record.mountId)) entered_.insert({mount->device, mount->root});
  if (!isDirectory(record)) {
    if (!onCursor_) emit(batch, record);
    return;
  }
  enter(batch, fd.get(), ".", record, onCursor_);
}

void TreeWalk::step(Batch& batch) {
  Frame& frame = frames_.back();
  if (!frame.names.loaded() || (frame.next >= frame.names.size() && !frame.names.complete())) {
    path_.resize(frame.pathLength);
    if (int error = refill(frame)) emitError(batch, error);
  }
  if (frame.next >= frame.names.size()) {
    if (frame.names.complete()) pop(batch);
    return;
  }
  const char* name = frame.names.at(frame.next++);
  path_.resize(frame.pathLength);
  path_.append(1, '/').append(name);
  size_t depth = frames_.size();
  bool silent = onCursor_ && depth <= cursorNames_.size() && cursorNames_[depth - 1] == name;
  if (!silent) onCursor_ = false;
  visit(batch, name, silent);
  if (silent && frames_.size() == depth) onCursor_ = false;
}

void TreeWalk::visit(Batch& batch, const char* name, bool silent) {
  const Frame& frame = frames_.back();
  Record record;
  if (int error = statInto(frame.fd.get(), name, AT_STATX_DONT_SYNC, record)) {
    if (!silent) emitError(batch, error);
    return;
  }
  if (isDirectory(record) && std::binary_search(options_.prune.begin(), options_.prune.end(), path_)) {
    record.flags |= flagPruned;
    if (!silent) emit(batch, record);
    return;
  }
  bool otherMount = record.mountId != frame.mountId || (record.mountId == 0 && record.device != frame.device);
  if (otherMount && !cross(batch, name, record, silent)) return;
  if (isDirectory(record) && options_.subdirectories) return enter(batch, frame.fd.get(), name, record, silent);
  if (!silent) emit(batch, record);
}

// Says that another mount begins here, and whether it is entered: only where the options name it, each (device, root)
// once, and never a user's program.
bool TreeWalk::cross(Batch& batch, const char* name, const Record& record, bool silent) {
  const Mount* found = mounts_.find(record.mountId);
  std::string type = found == nullptr ? "" : found->type;
  const auto& types = options_.crossTypes;
  const auto& ids = options_.crossMounts;
  bool wanted = std::find(ids.begin(), ids.end(), record.mountId) != ids.end() ||
                (!type.empty() && std::find(types.begin(), types.end(), type) != types.end());
  Record mount = record;
  mount.type = static_cast<uint32_t>(EntryType::mount);
  if (wanted && found != nullptr && !entered_.insert({found->device, found->root}).second) {
    mount.flags |= flagAlreadyEntered;
    wanted = false;
  }
  if (wanted) {
    UniqueFd named = openPath(frames_.back().fd.get(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS);
    wanted = named.valid() && !isUsersProgram(named.get());
  }
  if (wanted) mount.flags |= flagEntered;
  if (!silent) emit(batch, mount, type);
  return wanted;
}

// The directory is opened before it is told, so that one record says both what it is and why it cannot be read.
void TreeWalk::enter(Batch& batch, int parentFd, const char* name, Record record, bool silent) {
  UniqueFd fd;
  if (path_.size() > kPathBytesMax) {
    record.error = ENAMETOOLONG;
  } else {
    // Named before it is opened: what a user has mounted here since the look a moment ago must not be asked for
    // anything.
    fd = openPath(parentFd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS);
    if (!fd.valid()) record.error = errno;
  }
  Record opened;
  if (fd.valid()) record.error = statInto(fd.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, opened);
  // Something else was mounted or put here: said, and left for the next run.
  if (record.error == 0 && opened.mountId != record.mountId) record.error = ESTALE;
  if (record.error == 0) {
    fd = openPathNoAtime(fd.get(), ".", kDirectoryFlags, RESOLVE_NO_XDEV);
    if (!fd.valid()) record.error = errno;
  }
  if (!silent || record.error != 0) emit(batch, record);
  if (record.error == 0) push(std::move(fd), opened);
}

void TreeWalk::push(UniqueFd fd, const Record& record) {
  Frame frame;
  frame.fd = std::move(fd);
  frame.device = record.device;
  frame.inode = record.inode;
  frame.mountId = record.mountId;
  frame.pathLength = path_.size();
  size_t depth = frames_.size();
  if (onCursor_ && depth < cursorNames_.size()) {
    frame.last = cursorNames_[depth];
    frame.inclusive = true;
  } else {
    onCursor_ = false;
  }
  frames_.push_back(std::move(frame));
  // The root's descriptor stays: everything can be found again from it.
  size_t closing = frames_.size() - std::min(frames_.size(), kDescriptorsMax);
  if (closing >= 1) frames_[closing].fd.reset(-1);
}

// Back to the parent. One that cannot be found again (moved while its children were walked) is told and left.
void TreeWalk::pop(Batch& batch) {
  UniqueFd child = std::move(frames_.back().fd);
  forget(frames_.back());
  frames_.pop_back();
  while (!frames_.empty() && !reopen(frames_.size() - 1, child.get())) {
    path_.resize(frames_.back().pathLength);
    emitError(batch, ESTALE);
    forget(frames_.back());
    frames_.pop_back();
    child.reset(-1);
  }
}

bool TreeWalk::reopen(size_t index, int childFd) {
  Frame& frame = frames_[index];
  if (frame.fd.valid()) return true;
  auto same = [&frame](const UniqueFd& fd) {
    Record record;
    return fd.valid() && statInto(fd.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, record) == 0 &&
           record.device == frame.device && record.inode == frame.inode && record.mountId == frame.mountId;
  };
  if (childFd >= 0) {
    UniqueFd fd = openPathNoAtime(childFd, "..", kDirectoryFlags, 0);
    if (same(fd)) return frame.fd = std::move(fd), true;
  }
  size_t rootLength = frames_[0].pathLength;
  std::string relative = path_.substr(rootLength + 1, frame.pathLength - rootLength - 1);
  UniqueFd fd = namePath(frames_[0].fd.get(), relative, false, true);
  if (same(fd)) fd = openPathNoAtime(fd.get(), ".", kDirectoryFlags, RESOLVE_NO_XDEV);
  if (same(fd)) return frame.fd = std::move(fd), true;
  return false;
}

// Reads (more of) the frame's names, and lets go of names further up when all together grow beyond the bound.
int TreeWalk::refill(Frame& frame) {
  if (frame.names.loaded() && frame.names.size() > 0) frame.last = frame.names.at(frame.names.size() - 1);
  forget(frame);
  int error = frame.names.load(frame.fd.get(), frame.last, frame.inclusive, options_.directoryNameBytesMax);
  frame.inclusive = false;
  frame.next = 0;
  nameBytes_ += frame.names.bytes();
  for (size_t index = 0; nameBytes_ > options_.nameBytesMax && index + 1 < frames_.size(); index++) {
    Frame& upper = frames_[index];
    if (!upper.names.loaded()) continue;
    if (upper.next > 0) upper.last = upper.names.at(upper.next - 1);
    forget(upper);
  }
  return error;
}

void TreeWalk::forget(Frame& frame) {
  nameBytes_ -= frame.names.loaded() ? frame.names.bytes() : 0;
  frame.names.drop();
}

void TreeWalk::emit(Batch& batch, const Record& record, const std::string& extra) {
  Record told = record;
  const std::string& path = path_.empty() ? kSlash : path_;
  told.pathOffset = batch.append(path.data(), path.size());
  told.pathLength = static_cast<uint32_t>(path.size());
  told.extraOffset = batch.append(extra.data(), extra.size());
  told.extraLength = static_cast<uint32_t>(extra.size());
  batch.records.push_back(told);
}

void TreeWalk::emitError(Batch& batch, int error) {
  Record record;
  record.error = error;
  emit(batch, record);
}

}  // namespace safefs
