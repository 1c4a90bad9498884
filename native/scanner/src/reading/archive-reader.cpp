// SPDX-License-Identifier: GPL-2.0-only
#include "reading/archive-reader.h"

#include <algorithm>
#include <new>

#include "base/clock.h"

namespace lazaret {

namespace {

la_ssize_t outOfTime(archive* reader) {
  archive_set_error(reader, EIO, "no time left");
  return -1;
}

la_ssize_t readStreamInput(archive* reader, void* context, const void** buffer) {
  StreamInput& input = *static_cast<StreamInput*>(context);
  if (nowMs() > input.deadlineMs) return outOfTime(reader);
  Bytes piece = input.first;
  input.first = {};
  if (piece.size == 0) piece = input.source.next();
  if (piece.size > 0) input.last = piece;
  input.givenBytes += piece.size;
  *buffer = piece.data;
  if (piece.size == 0 && input.source.end() != SourceEnd::complete && input.source.end() != SourceEnd::open) {
    archive_set_error(reader, EIO, "damaged stream");
    return -1;
  }
  return static_cast<la_ssize_t>(piece.size);
}

constexpr size_t inputPieceBytes = 16 * 1024;

size_t sizeOf(const ArchiveInput& input) {
  size_t bytes = 0;
  for (const Bytes piece : input.pieces) bytes += piece.size;
  return bytes;
}

Bytes nextPiece(const ArchiveInput& input) {
  size_t at = input.at;
  for (const Bytes piece : input.pieces) {
    if (at < piece.size) return piece.sub(at, inputPieceBytes);
    at -= piece.size;
  }
  return {};
}

la_ssize_t readInput(archive* reader, void* context, const void** buffer) {
  ArchiveInput& input = *static_cast<ArchiveInput*>(context);
  if (nowMs() > input.deadlineMs) return outOfTime(reader);
  const Bytes piece = nextPiece(input);
  *buffer = piece.data;
  input.at += piece.size;
  return static_cast<la_ssize_t>(piece.size);
}

la_int64_t skipInput(archive*, void* context, la_int64_t bytes) {
  ArchiveInput& input = *static_cast<ArchiveInput*>(context);
  const size_t step = std::min(static_cast<size_t>(std::max<la_int64_t>(bytes, 0)), sizeOf(input) - input.at);
  input.at += step;
  return static_cast<la_int64_t>(step);
}

la_int64_t seekInput(archive*, void* context, la_int64_t offset, int whence) {
  ArchiveInput& input = *static_cast<ArchiveInput*>(context);
  const auto size = static_cast<la_int64_t>(sizeOf(input));
  const la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? static_cast<la_int64_t>(input.at) : size;
  if (offset < -from || offset > size - from) return ARCHIVE_FATAL;
  input.at = static_cast<size_t>(from + offset);
  return from + offset;
}

std::string textOf(const char* narrow, const wchar_t* wide) {
  if (narrow) return narrow;
  std::string out;
  for (; wide && *wide; wide++) {
    const auto code = static_cast<uint32_t>(*wide);
    if (code < 0x80) out += static_cast<char>(code);
    else if (code < 0x800) (out += static_cast<char>(0xc0 | code >> 6)) += static_cast<char>(0x80 | (code & 63));
    else if (code < 0x10000)
      ((out += static_cast<char>(0xe0 | code >> 12)) += static_cast<char>(0x80 | (code >> 6 & 63))) +=
          static_cast<char>(0x80 | (code & 63));
    else
      (((out += static_cast<char>(0xf0 | code >> 18)) += static_cast<char>(0x80 | (code >> 12 & 63))) +=
       static_cast<char>(0x80 | (code >> 6 & 63))) += static_cast<char>(0x80 | (code & 63));
  }
  return out;
}

}  // namespace

bool openArchive(archive* reader, StreamInput& input) {
  errno = 0;
  return archive_read_open(reader, &input, nullptr, readStreamInput, nullptr) == ARCHIVE_OK;
}

bool openArchive(archive* reader, ArchiveInput& input) {
  errno = 0;
  archive_read_set_seek_callback(reader, seekInput);
  return archive_read_open2(reader, &input, nullptr, readInput, skipInput, nullptr) == ARCHIVE_OK;
}

Reader newReader() {
  Reader reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  return reader;
}

void supportFormat(archive* reader, Container kind) {
  switch (kind) {
    case Container::zip: archive_read_support_format_zip_seekable(reader); break;
    case Container::sevenZip: archive_read_support_format_7zip(reader); break;
    case Container::rar4: archive_read_support_format_rar(reader); break;
    case Container::rar5: archive_read_support_format_rar5(reader); break;
    case Container::tar: archive_read_support_format_tar(reader); break;
    case Container::cpio: archive_read_support_format_cpio(reader); break;
    case Container::ar: archive_read_support_format_ar(reader); break;
    case Container::cab: archive_read_support_format_cab(reader); break;
    case Container::lha: archive_read_support_format_lha(reader); break;
    case Container::rpm: archive_read_support_format_cpio(reader); break;  // what is in it
    default: break;
  }
}

// Each asks libarchive with errno cleared: on a stale ENOMEM it ends the process.
std::string entryName(archive_entry* entry) {
  errno = 0;
  const char* narrow = archive_entry_pathname(entry);
  errno = 0;
  return textOf(narrow, narrow ? nullptr : archive_entry_pathname_w(entry));
}

std::string linkOf(archive_entry* entry) {
  errno = 0;
  const char* narrow = archive_entry_symlink(entry);
  errno = 0;
  return textOf(narrow, narrow ? nullptr : archive_entry_symlink_w(entry));
}

}  // namespace lazaret
