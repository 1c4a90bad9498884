// SPDX-License-Identifier: GPL-2.0-only
// The bytes on the wire (PROTOCOL.md): fixed little-endian headers, so that the root broker parses no text.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace lazaret {

inline constexpr uint32_t requestMagic = 0x31525a4c;  // "LZR1"
inline constexpr uint32_t answerMagic = 0x31415a4c;   // "LZA1"
inline constexpr uint32_t protocolVersion = 1;

enum class RequestKind : uint8_t { hello = 1, profile = 2, scan = 3, cancel = 4, load = 5, status = 6, ping = 7 };
enum class AnswerKind : uint8_t {
  hello = 1,
  profile = 2,
  scanFinal = 3,
  scanRows = 4,
  load = 5,
  status = 6,
  pong = 7,
  fingerprint = 8,
  scanHits = 9,
  costly = 10,
  error = 15
};

// Who waits for a scan. The first that has one goes first (dispatch.cpp).
enum class ScanClass : uint8_t { open = 0, followUp = 1, clamd = 2, run = 3 };
inline constexpr size_t scanClasses = 4;

struct __attribute__((packed)) RequestHeader {
  uint32_t magic;
  uint8_t kind;
  uint8_t priority;  // scan: a ScanClass
  uint16_t profile;  // profile and scan: index, per client
  uint64_t id;
  uint32_t deadlineMs;  // scan: from receipt; 0 = none
  uint32_t flags;
};
static_assert(sizeof(RequestHeader) == 24);

struct __attribute__((packed)) AnswerHeader {
  uint32_t magic;
  uint8_t kind;
  uint8_t reserved[3];
  uint64_t id;
};
static_assert(sizeof(AnswerHeader) == 16);

inline constexpr uint32_t scanFlagNameListed = 1;    // the file's name is on the list of text kinds (RT-3)
inline constexpr uint32_t cancelFlagIfWaiting = 1;   // cancel: one that runs goes on
inline constexpr uint32_t profileFlagTypeRule = 1;   // the two type sets below are in force
inline constexpr uint32_t loadFlagRequireEicar = 1;  // the release must find the EICAR test file

// Payload of a scan: for whom it is made. None: 0. Owners share the workers (fair-queue.h).
struct __attribute__((packed)) ScanRequest {
  uint64_t owner;
};

using TypeSet = std::array<uint64_t, 4>;  // bit n = type number n of `lazaret-scanner types`

struct __attribute__((packed)) Profile {
  uint32_t compressionLayersMax;
  uint32_t nestingMax;
  uint64_t memberBytesMax;
  uint32_t membersMax;
  uint32_t engineTimeMs;
  uint32_t walkTimeMs;
  uint32_t flags;
  TypeSet inScope;
  TypeSet inScopeWhenListed;
};
static_assert(sizeof(Profile) == 96);

struct __attribute__((packed)) LoadRequest {
  uint32_t expectedSignatures;  // 0xffffffff: not given
  uint16_t pathBytes;
  uint16_t reserved;
};

// Broker to worker: one packet a job, with one descriptor.
struct __attribute__((packed)) JobHeader {
  uint64_t job;
  Profile profile;
  uint32_t flags;
};

// No scan: the digest of its first bytes, by AnswerKind::fingerprint.
inline constexpr uint32_t jobFlagFingerprint = 1u << 31;

// Worker to broker: this header, then JSON for the client.
struct __attribute__((packed)) ResultHeader {
  uint64_t job;
  uint8_t kind;  // AnswerKind::scanHits, scanRows or scanFinal
  uint8_t reserved[7];
};

// Broker to loader and back.
enum class LoaderMessage : uint8_t { load = 1, fork = 2, loaded = 3, failed = 4, forked = 5, ready = 6 };
struct __attribute__((packed)) LoaderHeader {
  uint8_t kind;
  uint8_t reserved[3];
  uint32_t slot;
  int32_t pid;
  uint32_t flags;
  uint32_t expectedSignatures;
};

}  // namespace lazaret
