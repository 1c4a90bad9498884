// SPDX-License-Identifier: GPL-2.0-only
// libarchive, as the walker asks it: where an archive's bytes come from, what an entry says of itself, the bytes of an
// entry. Owns readers; their input must live longer than they.
#pragma once
#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include "reading/byte-source.h"
#include "formats/containers.h"

namespace lazaret {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(bytes) {}
  Bytes next() override {
    if (end_ != SourceEnd::open) return {};
    end_ = SourceEnd::complete;
    return bytes_;
  }

 private:
  Bytes bytes_;
};

// The data of libarchive's current entry.
class EntrySource final : public ByteSource {
 public:
  explicit EntrySource(archive* reader) : reader_(reader), buffer_(new uint8_t[pieceBytes]) {}
  Bytes next() override {
    if (end_ != SourceEnd::open) return {};
    errno = 0;
    const la_ssize_t got = archive_read_data(reader_, buffer_.get(), pieceBytes);
    if (got > 0) return {buffer_.get(), static_cast<size_t>(got)};
    end_ = got == 0 ? SourceEnd::complete : archiveFailure(reader_);
    fatal_ = got == ARCHIVE_FATAL;
    return {};
  }
  bool fatal() const { return fatal_; }

 private:
  static constexpr size_t pieceBytes = 128 * 1024;
  archive* reader_;
  std::unique_ptr<uint8_t[]> buffer_;
  bool fatal_ = false;
};

struct ArchiveCloser {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, ArchiveCloser>;

Reader newReader();
// Never support_*_all: mtree reads paths, and some filters start programs.
void supportFormat(archive* reader, Container kind);

/** One of our sources as the bytes of an archive, `first` before what it gives next. From the deadline on there is no
 * more of it. */
struct StreamInput {
  ByteSource& source;
  Bytes first;
  uint64_t deadlineMs;
  Bytes last = {};  // what the reader was given at last, and how much in all
  uint64_t givenBytes = 0;
};
bool openArchive(archive* reader, StreamInput& input);

/** An archive in memory. The same deadline: a few bytes can unpack to hours of work, and what libarchive passes over it
 * unpacks as well. */
struct ArchiveInput {
  std::array<Bytes, 3> pieces;  // one behind the other
  uint64_t deadlineMs;
  size_t at = 0;
};
bool openArchive(archive* reader, ArchiveInput& input);

std::string entryName(archive_entry* entry);
/** Where a symbolic link leads; "" for what is none. */
std::string linkOf(archive_entry* entry);

}  // namespace lazaret
