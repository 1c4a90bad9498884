// SPDX-License-Identifier: GPL-2.0-only
#include "reading/byte-source.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "reading/outcomes.h"

namespace lazaret {

static constexpr size_t pieceBytes = 256 * 1024;

GzipSource::GzipSource(Bytes packed) : packed_(packed), buffer_(new uint8_t[pieceBytes]) {
  if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) throw std::bad_alloc();
}

GzipSource::~GzipSource() { inflateEnd(&stream_); }

Bytes GzipSource::next() {
  if (end_ != SourceEnd::open) return {};
  stream_.next_out = buffer_.get();
  stream_.avail_out = pieceBytes;
  while (stream_.avail_out > 0) {
    const size_t give = std::min<size_t>(packed_.size, 1u << 30);
    stream_.next_in = const_cast<Bytef*>(packed_.data);
    stream_.avail_in = static_cast<uInt>(give);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    packed_ = packed_.from(give - stream_.avail_in);
    if (status == Z_STREAM_END) {
      // Another member may follow, for some readers behind zeros, too; anything else is the rest.
      const size_t zeros = std::min(packed_.text().find_first_not_of('\0'), packed_.size);
      if (!packed_.is(zeros, "\x1f\x8b\x08")) {
        end_ = SourceEnd::complete;
        break;
      }
      packed_ = packed_.from(zeros);
      inflateReset(&stream_);
      continue;
    }
    if (status != Z_OK || (packed_.size == 0 && stream_.avail_out > 0)) {
      end_ = SourceEnd::corrupted;
      break;
    }
  }
  return {buffer_.get(), pieceBytes - stream_.avail_out};
}

SourceEnd archiveFailure(archive* reader) {
  const char* message = archive_error_string(reader);
  return outcomeOfArchive(message ? message : "");
}

static int filterCode(Container kind) {
  switch (kind) {
    case Container::bzip2: return ARCHIVE_FILTER_BZIP2;
    case Container::xz: return ARCHIVE_FILTER_XZ;
    case Container::lzma: return ARCHIVE_FILTER_LZMA;
    case Container::lzip: return ARCHIVE_FILTER_LZIP;
    case Container::zstd: return ARCHIVE_FILTER_ZSTD;
    case Container::lz4: return ARCHIVE_FILTER_LZ4;
    default: return ARCHIVE_FILTER_NONE;
  }
}

/** Appended, compress would read before there is anything to read from, and die of it (libarchive 3.6): it is looked
 * for, alone. */
static int useFilter(archive* reader, Container kind) {
  if (kind == Container::compress) return archive_read_support_filter_compress(reader);
  return archive_read_append_filter(reader, filterCode(kind));
}

FilterSource::FilterSource(Bytes packed, Container kind)
    : archive_(archive_read_new()), buffer_(new uint8_t[pieceBytes]) {
  if (!archive_) throw std::bad_alloc();
  archive_read_support_format_raw(archive_);
  archive_entry* entry = nullptr;
  errno = 0;
  // LM-5: this one filter. Were it looked for, a stream in a stream would be unpacked in one go, and count as one.
  if (useFilter(archive_, kind) < ARCHIVE_WARN ||
      archive_read_open_memory(archive_, packed.data, packed.size) != ARCHIVE_OK ||
      archive_read_next_header(archive_, &entry) < ARCHIVE_WARN)
    end_ = archiveFailure(archive_);
  // Not unpacked at all: the filter did not take it (a damaged head), and raw would give the packed bytes back.
  else if (archive_filter_count(archive_) < 2) end_ = SourceEnd::corrupted;
  // What is looked for is found in itself, too: compress in compress comes out in one go. The last filter is the file.
  else layers_ = static_cast<uint32_t>(archive_filter_count(archive_)) - 1;
}

FilterSource::~FilterSource() { archive_read_free(archive_); }

Bytes FilterSource::next() {
  if (end_ != SourceEnd::open) return {};
  errno = 0;
  const la_ssize_t got = archive_read_data(archive_, buffer_.get(), pieceBytes);
  if (got > 0) return {buffer_.get(), static_cast<size_t>(got)};
  end_ = got == 0 ? SourceEnd::complete : archiveFailure(archive_);
  return {};
}

std::unique_ptr<ByteSource> openStream(Bytes packed, Container kind) {
  if (kind == Container::gzip) return std::make_unique<GzipSource>(packed);
  return std::make_unique<FilterSource>(packed, kind);
}

}  // namespace lazaret
