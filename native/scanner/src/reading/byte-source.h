// SPDX-License-Identifier: GPL-2.0-only
// Bytes that come one piece after another, with what went wrong at their end.
#pragma once
#include <zlib.h>

#include <memory>
#include <string>

#include "base/bytes.h"
#include "formats/containers.h"
#include "base/ledger.h"

struct archive;

namespace lazaret {

enum class SourceEnd : uint8_t { open, complete, corrupted, unsupported, encrypted, limit };

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The next piece; empty at the end. The piece lives until the next call.
  virtual Bytes next() = 0;
  SourceEnd end() const { return end_; }
  // LM-5: how often what comes out was compressed. Known before the first piece.
  virtual uint32_t layers() const { return 1; }
  // What was given and stands behind the end, where that is known.
  virtual Bytes rest() const { return {}; }

 protected:
  SourceEnd end_ = SourceEnd::open;
};

// gzip by zlib, every member of the stream, CRC and length checked: libarchive checks neither.
class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(Bytes packed);
  ~GzipSource() override;
  Bytes next() override;
  Bytes rest() const override { return end_ == SourceEnd::complete ? packed_ : Bytes{}; }

 private:
  Bytes packed_;
  z_stream stream_{};
  std::unique_ptr<uint8_t[]> buffer_;
};

// Every other single compressed stream, by libarchive.
class FilterSource final : public ByteSource {
 public:
  FilterSource(Bytes packed, Container kind);
  ~FilterSource() override;
  Bytes next() override;
  uint32_t layers() const override { return layers_; }

 private:
  archive* archive_;
  std::unique_ptr<uint8_t[]> buffer_;
  uint32_t layers_ = 1;
};

std::unique_ptr<ByteSource> openStream(Bytes packed, Container kind);
// What libarchive's last message means (outcomes.cpp).
SourceEnd archiveFailure(archive* reader);

}  // namespace lazaret
