// SPDX-License-Identifier: GPL-2.0-only
#include "reading/iso-image.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "reading/iso-entry.h"
#include "base/limits.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

namespace {

struct Folder {
  std::string path;  // with its "/", empty for the root
  uint32_t block;
  uint64_t bytes;
  size_t depth;
};

using Content = std::pair<bool, std::vector<std::pair<size_t, size_t>>>;  // packed? and where it lies

class Reader {
 public:
  Reader(Bytes image, size_t filesMax, Work& work) : image_(image), filesMax_(filesMax), work_(work) {}

  void readVolume(Bytes descriptor, const IsoVolume& volume) {
    volume_ = volume;
    const Bytes root = descriptor.sub(156, 34);
    Folder top{"", root.le32(2), root.le32(10), 0};
    readRockRidgeMark(recordAt(uint64_t{top.block} * volume_.blockBytes), volume_);
    listing_.found = true;
    folders_.push_back(std::move(top));
    readFolders();
    // Most are shown elsewhere by now, by the entry that names them; the others are shown here.
    std::erase_if(relocated_, [this](const Folder& folder) {
      return blocksRead_.contains(uint64_t{folder.block} * volume_.blockBytes);
    });
    std::swap(folders_, relocated_);
    readFolders();
    relocated_.clear();
  }

  IsoListing take() { return std::move(listing_); }

 private:
  bool full() const { return listing_.files.size() >= filesMax_ || work_.spent(); }

  Bytes recordAt(uint64_t at) const {
    const Bytes rest = at <= image_.size ? image_.from(at) : Bytes{};
    return rest.sub(0, rest.u8(0));
  }

  void readFolders() {
    while (!folders_.empty() && !full()) {
      const Folder folder = std::move(folders_.front());
      folders_.pop_front();
      readFolder(folder);
    }
  }

  // Each block of a folder once: two folders that share one lead in a circle, or would be read as often as they are
  // named. Known by where it begins, because the two trees may count in blocks of different size.
  void readFolder(const Folder& folder) {
    continues_ = false;
    const uint64_t begin = uint64_t{folder.block} * volume_.blockBytes;
    if (begin >= image_.size || folder.depth > limits::isoDepthMax) {
      listing_.damaged = true;
      return;
    }
    for (uint64_t at = begin; at < begin + folder.bytes && at < image_.size && !full(); at += volume_.blockBytes) {
      if (!blocksRead_.insert(at).second) {
        listing_.damaged = true;
        return;
      }
      readBlock(folder, image_.sub(at, volume_.blockBytes));
    }
    listing_.damaged = listing_.damaged || begin + folder.bytes > image_.size;
  }

  void readBlock(const Folder& folder, Bytes block) {
    for (size_t at = 0; work_.spend() && at < block.size && !full();) {
      const size_t bytes = block.u8(at);
      if (bytes == 0) return;  // the rest of the block is empty
      if (bytes < 34 || !block.has(at, bytes) || size_t{33} + block.u8(at + 32) > bytes) {
        listing_.damaged = true;
        return;
      }
      work_.spend(bytes);
      addEntry(folder, readIsoEntry(image_, block.sub(at, bytes), volume_, work_));
      at += bytes;
    }
  }

  void addEntry(const Folder& folder, const IsoEntry& entry) {
    listing_.damaged = listing_.damaged || entry.damaged;
    if (entry.self || entry.special) return;
    const std::string path = folder.path + entry.name;
    work_.spend(path.size());
    if (!entry.folder) return addFile(path, entry);
    Folder below{path + "/", entry.block, entry.bytes, folder.depth + 1};
    if (entry.movedHere) below.bytes = recordAt(uint64_t{entry.block} * volume_.blockBytes).le32(10);
    (entry.relocated ? relocated_ : folders_).push_back(std::move(below));
  }

  void addFile(const std::string& path, const IsoEntry& entry) {
    if (continues_ && current_.path != path) keepFile();
    if (!continues_ || current_.path != path) {
      current_ = IsoFile{};
      current_.path = path;
    }
    continues_ = entry.more;
    const uint64_t at = uint64_t{entry.block} * volume_.blockBytes;
    const size_t there = at < image_.size ? static_cast<size_t>(std::min<uint64_t>(entry.bytes, image_.size - at)) : 0;
    current_.bytes += entry.bytes;
    current_.whole = current_.whole && there == entry.bytes;
    current_.zisofs = current_.zisofs || entry.zisofs;
    if (there > 0) current_.extents.push_back({static_cast<size_t>(at), there});
    if (!continues_) keepFile();
  }

  // Files that are one and the same content (hard links, the other tree) are listed once; different ones may share
  // bytes, but not more often than any honest image does.
  void keepFile() {
    Content content{current_.zisofs, {}};
    uint64_t bytes = 0;
    for (const IsoExtent& extent : current_.extents) {
      content.second.emplace_back(extent.at, extent.bytes);
      bytes += extent.bytes;
    }
    if (bytes > 0 && !contents_.insert(std::move(content)).second) return;
    contentBytes_ += bytes;
    if (contentBytes_ > limits::isoContentTimesMax * static_cast<uint64_t>(image_.size)) {
      listing_.damaged = true;
      filesMax_ = listing_.files.size();
      return;
    }
    listing_.files.push_back(std::move(current_));
  }

  Bytes image_;
  size_t filesMax_;
  Work& work_;
  IsoVolume volume_;
  IsoListing listing_;
  std::deque<Folder> folders_, relocated_;
  std::set<uint64_t> blocksRead_;
  std::set<Content> contents_;
  uint64_t contentBytes_ = 0;
  IsoFile current_;
  bool continues_ = false;
};

bool isJoliet(Bytes descriptor) {
  return descriptor.is(88, "%/@") || descriptor.is(88, "%/C") || descriptor.is(88, "%/E");
}

size_t blockBytesOf(Bytes descriptor) {
  const size_t bytes = descriptor.le16(128);
  return bytes == 512 || bytes == 1024 || bytes == 2048 ? bytes : 0;
}

}  // namespace

IsoListing listIso(Bytes image, size_t filesMax, Work& work) {
  Reader reader(image, filesMax, work);
  Bytes plain, joliet;
  for (size_t sector = 16; sector < 16 + limits::isoDescriptorsMax && work.spend(); sector++) {
    const Bytes descriptor = image.sub(sector * 2048, 2048);
    if (!descriptor.is(1, "CD001"sv) || descriptor.u8(0) == 255) break;
    if (descriptor.u8(0) == 1 && !plain.data) plain = descriptor;
    if (descriptor.u8(0) == 2 && isJoliet(descriptor) && !joliet.data) joliet = descriptor;
  }
  IsoVolume volume;
  // Joliet's names are the better ones where there is no Rock Ridge; files that only one tree has are found in either
  // order.
  if (const size_t bytes = blockBytesOf(plain)) {
    volume.blockBytes = bytes;
    const Bytes root = plain.sub(156, 34);
    const Bytes first = image.from(uint64_t{root.le32(2)} * bytes);
    readRockRidgeMark(first.sub(0, first.u8(0)), volume);
  }
  const auto readPlain = [&] {
    if (const size_t bytes = blockBytesOf(plain)) reader.readVolume(plain, {bytes, false, false, 0});
  };
  if (volume.rockRidge) readPlain();
  if (const size_t bytes = blockBytesOf(joliet)) reader.readVolume(joliet, {bytes, true, false, 0});
  if (!volume.rockRidge) readPlain();
  return reader.take();
}

}  // namespace lazaret
