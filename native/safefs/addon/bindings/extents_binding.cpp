// SPDX-License-Identifier: Apache-2.0
// Where a file has data, where it has room without data, and its project: what a copy needs that is to cost no more
// than its file.
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "bindings.hpp"
#include "values.hpp"

namespace safefs {
namespace {

constexpr uint32_t kExtentsAtOnce = 256;

// A size or place in a file is a whole number that JavaScript holds exactly; who asks for more has refused the file
// before.
off_t placeOf(const Napi::Value& value) { return static_cast<off_t>(unsignedOf(value)); }

// The scan process may share the descriptor: its own place in the file stays.
class KeptPlace {
 public:
  explicit KeptPlace(int fd) : fd_(fd), place_(lseek(fd, 0, SEEK_CUR)) {}
  ~KeptPlace() {
    if (place_ >= 0) lseek(fd_, place_, SEEK_SET);
  }
  KeptPlace(const KeptPlace&) = delete;
  KeptPlace& operator=(const KeptPlace&) = delete;

 private:
  int fd_;
  off_t place_;
};

Napi::Array arrayOf(Napi::Env env, const std::vector<double>& numbers) {
  Napi::Array array = Napi::Array::New(env, numbers.size());
  for (uint32_t index = 0; index < numbers.size(); index++) array.Set(index, Napi::Number::New(env, numbers[index]));
  return array;
}

// dataRanges(fd, from, size, rangesMax) → [start, end, start, end, …] of what is no hole, at or behind `from` and
// before `size`
Napi::Value dataRanges(const Napi::CallbackInfo& info) {
  const int fd = numberOf(info[0]);
  const off_t size = placeOf(info[2]);
  const size_t numbersMax = 2 * unsignedOf(info[3]);
  const KeptPlace kept(fd);
  std::vector<double> found;
  for (off_t at = placeOf(info[1]); at < size && found.size() < numbersMax;) {
    const off_t start = lseek(fd, at, SEEK_DATA);
    if (start < 0 && errno == ENXIO) break;
    const off_t end = start < 0 ? -1 : lseek(fd, start, SEEK_HOLE);
    // A file system that does not know: all is data.
    const bool unknown = start < 0 || end <= start;
    if (!unknown && start >= size) break;
    found.push_back(static_cast<double>(unknown ? at : start));
    found.push_back(static_cast<double>(unknown ? size : std::min(end, size)));
    at = unknown ? size : end;
  }
  return arrayOf(info.Env(), found);
}

// reservedRanges(fd, rangesMax, extentsMax) → [start, end, …] of blocks that the file has without data (fallocate),
// behind its end too
Napi::Value reservedRanges(const Napi::CallbackInfo& info) {
  const size_t numbersMax = 2 * unsignedOf(info[1]);
  uint64_t left = unsignedOf(info[2]);
  std::vector<double> found;
  alignas(struct fiemap) char room[sizeof(struct fiemap) + kExtentsAtOnce * sizeof(struct fiemap_extent)];
  auto* map = reinterpret_cast<struct fiemap*>(room);
  for (uint64_t from = 0; left > 0 && found.size() < numbersMax;) {
    std::memset(room, 0, sizeof room);
    map->fm_start = from;
    map->fm_length = FIEMAP_MAX_OFFSET - from;
    map->fm_extent_count = kExtentsAtOnce;
    if (ioctl(numberOf(info[0]), FS_IOC_FIEMAP, map) != 0 || map->fm_mapped_extents == 0) break;
    const uint32_t count = std::min(map->fm_mapped_extents, kExtentsAtOnce);
    for (uint32_t index = 0; index < count && found.size() < numbersMax; index++) {
      const struct fiemap_extent& extent = map->fm_extents[index];
      if ((extent.fe_flags & FIEMAP_EXTENT_UNWRITTEN) == 0) continue;
      found.push_back(static_cast<double>(extent.fe_logical));
      found.push_back(static_cast<double>(extent.fe_logical + extent.fe_length));
    }
    const struct fiemap_extent& last = map->fm_extents[count - 1];
    if ((last.fe_flags & FIEMAP_EXTENT_LAST) != 0 || last.fe_length == 0) break;
    from = last.fe_logical + last.fe_length;
    left -= std::min<uint64_t>(left, count);
  }
  return arrayOf(info.Env(), found);
}

// reserve(fd, start, bytes): room without data; the file's size stays
void reserve(const Napi::CallbackInfo& info) {
  if (fallocate(numberOf(info[0]), FALLOC_FL_KEEP_SIZE, placeOf(info[1]), placeOf(info[2])) != 0)
    throwSystemError(info.Env(), errno, "fallocate");
}

// setInodeFlags(fd, flags): FS_*_FL
void setInodeFlags(const Napi::CallbackInfo& info) {
  int flags = static_cast<int>(unsignedOf(info[1]));
  if (ioctl(numberOf(info[0]), FS_IOC_SETFLAGS, &flags) != 0) throwSystemError(info.Env(), errno, "FS_IOC_SETFLAGS");
}

// extendedFlags(fd) → [xflags, extent size hint, project, copy-on-write extent size hint]; empty where the file system
// has none
Napi::Value extendedFlags(const Napi::CallbackInfo& info) {
  struct fsxattr facts = {};
  std::vector<double> numbers;
  if (ioctl(numberOf(info[0]), FS_IOC_FSGETXATTR, &facts) == 0)
    numbers = {double(facts.fsx_xflags), double(facts.fsx_extsize), double(facts.fsx_projid),
               double(facts.fsx_cowextsize)};
  return arrayOf(info.Env(), numbers);
}

// setExtendedFlags(fd, xflags, extentSize, project, cowExtentSize)
void setExtendedFlags(const Napi::CallbackInfo& info) {
  struct fsxattr facts = {};
  facts.fsx_xflags = static_cast<uint32_t>(unsignedOf(info[1]));
  facts.fsx_extsize = static_cast<uint32_t>(unsignedOf(info[2]));
  facts.fsx_projid = static_cast<uint32_t>(unsignedOf(info[3]));
  facts.fsx_cowextsize = static_cast<uint32_t>(unsignedOf(info[4]));
  if (ioctl(numberOf(info[0]), FS_IOC_FSSETXATTR, &facts) != 0)
    throwSystemError(info.Env(), errno, "FS_IOC_FSSETXATTR");
}

void removeAttribute(const Napi::CallbackInfo& info) {
  const std::string name = bytesOf(info[1]);
  if (fremovexattr(numberOf(info[0]), name.c_str()) != 0) throwSystemError(info.Env(), errno, "fremovexattr");
}

}  // namespace

void registerExtents(Napi::Env env, Napi::Object exports) {
  exports.Set("dataRanges", Napi::Function::New(env, dataRanges, "dataRanges"));
  exports.Set("reservedRanges", Napi::Function::New(env, reservedRanges, "reservedRanges"));
  exports.Set("reserve", Napi::Function::New(env, reserve, "reserve"));
  exports.Set("setInodeFlags", Napi::Function::New(env, setInodeFlags, "setInodeFlags"));
  exports.Set("extendedFlags", Napi::Function::New(env, extendedFlags, "extendedFlags"));
  exports.Set("setExtendedFlags", Napi::Function::New(env, setExtendedFlags, "setExtendedFlags"));
  exports.Set("removeAttribute", Napi::Function::New(env, removeAttribute, "removeAttribute"));
}

}  // namespace safefs
