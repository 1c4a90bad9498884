// SPDX-License-Identifier: GPL-2.0-only
// Packets with descriptors over a SEQPACKET socket, and a descriptor that closes itself.
#pragma once
#include <sys/types.h>

#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace lazaret {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }
  void reset();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

enum class SendResult : uint8_t { sent, wouldBlock, failed };

// Header and payload as one packet. Never raises SIGPIPE.
SendResult sendPacket(int socket, Bytes header, Bytes payload, const std::vector<int>& descriptors = {});
// Length of the packet, 0 at the end of the stream, -1 with errno. A packet larger than the buffer is an error
// (EMSGSIZE).
ssize_t receivePacket(int socket, uint8_t* buffer, size_t bytes, std::vector<Descriptor>& descriptors);

template <class Struct>
requires(std::is_trivially_copyable_v<Struct> && !std::is_same_v<Struct, std::string_view>) Bytes
    asBytes(const Struct& value) {
  return {reinterpret_cast<const uint8_t*>(&value), sizeof value};
}
inline Bytes asBytes(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

}  // namespace lazaret
