// SPDX-License-Identifier: GPL-2.0-only
#include "reading/iso-source.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

namespace lazaret {

using std::string_view_literals::operator""sv;

namespace {

class ExtentSource final : public ByteSource {
 public:
  ExtentSource(Bytes image, const IsoFile& file) : image_(image), file_(file) {}
  Bytes next() override {
    if (end_ != SourceEnd::open) return {};
    if (at_ < file_.extents.size()) {
      const IsoExtent& extent = file_.extents[at_++];
      return image_.sub(extent.at, extent.bytes);
    }
    end_ = file_.whole ? SourceEnd::complete : SourceEnd::corrupted;
    return {};
  }

 private:
  Bytes image_;
  const IsoFile& file_;
  size_t at_ = 0;
};

constexpr std::string_view zisofsMagic = "\x37\xe4\x53\x96\xc9\xdb\xd6\x07"sv;

// A head, a table of where each block begins, and the blocks, each a zlib stream; an empty one stands for zeros.
class ZisofsSource final : public ByteSource {
 public:
  explicit ZisofsSource(Bytes packed) : packed_(packed) {
    left_ = packed.le32(8);
    table_ = size_t{packed.u8(12)} * 4;
    const unsigned shift = packed.u8(13);
    if (!packed.is(0, zisofsMagic) || shift < 15 || shift > 17 || table_ < 16) end_ = SourceEnd::corrupted;
    else block_.resize(size_t{1} << shift);
  }

  Bytes next() override {
    if (end_ != SourceEnd::open) return {};
    if (left_ == 0) {
      end_ = SourceEnd::complete;
      return {};
    }
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left_, block_.size()));
    if (!unpack(wanted)) {
      end_ = SourceEnd::corrupted;
      return {};
    }
    left_ -= wanted;
    index_++;
    return {block_.data(), wanted};
  }

 private:
  bool unpack(size_t wanted) {
    const size_t pointers = table_ + index_ * 4;
    if (!packed_.has(pointers, 8)) return false;
    const uint32_t begin = packed_.le32(pointers), end = packed_.le32(pointers + 4);
    if (end < begin || end > packed_.size) return false;
    if (begin == end) {
      std::fill_n(block_.begin(), wanted, uint8_t{0});
      return true;
    }
    uLongf got = wanted;
    return uncompress(block_.data(), &got, packed_.data + begin, end - begin) == Z_OK && got == wanted;
  }

  Bytes packed_;
  std::vector<uint8_t> block_;
  uint64_t left_ = 0;
  size_t table_ = 0, index_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> openIsoFile(Bytes image, const IsoFile& file) {
  if (file.zisofs && file.whole && file.extents.size() == 1)
    return std::make_unique<ZisofsSource>(image.sub(file.extents[0].at, file.extents[0].bytes));
  return std::make_unique<ExtentSource>(image, file);
}

}  // namespace lazaret
