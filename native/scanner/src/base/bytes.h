// SPDX-License-Identifier: GPL-2.0-only
// A view of bytes that belong to somebody else, with reads that cannot leave it.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lazaret {

struct Bytes {
  const uint8_t* data = nullptr;
  size_t size = 0;

  bool has(size_t offset, size_t length) const { return offset <= size && length <= size - offset; }
  bool is(size_t offset, std::string_view magic) const {
    return has(offset, magic.size()) && std::memcmp(data + offset, magic.data(), magic.size()) == 0;
  }
  uint8_t u8(size_t offset) const { return has(offset, 1) ? data[offset] : 0; }
  uint16_t le16(size_t offset) const {
    return has(offset, 2) ? static_cast<uint16_t>(data[offset] | data[offset + 1] << 8) : 0;
  }
  uint32_t le32(size_t offset) const {
    return has(offset, 4) ? static_cast<uint32_t>(le16(offset)) | static_cast<uint32_t>(le16(offset + 2)) << 16 : 0;
  }
  uint64_t le64(size_t offset) const {
    return has(offset, 8) ? static_cast<uint64_t>(le32(offset)) | static_cast<uint64_t>(le32(offset + 4)) << 32 : 0;
  }
  uint16_t be16(size_t offset) const {
    return has(offset, 2) ? static_cast<uint16_t>(data[offset] << 8 | data[offset + 1]) : 0;
  }
  uint32_t be32(size_t offset) const {
    return has(offset, 4) ? static_cast<uint32_t>(be16(offset)) << 16 | be16(offset + 2) : 0;
  }
  Bytes sub(size_t offset, size_t length) const {
    if (offset > size) return {};
    return {data + offset, length < size - offset ? length : size - offset};
  }
  Bytes from(size_t offset) const { return offset > size ? Bytes{} : Bytes{data + offset, size - offset}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data), size}; }
};

}  // namespace lazaret
