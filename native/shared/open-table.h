// SPDX-License-Identifier: Apache-2.0
// The table of unanswered opens, in memory that supervisor and gate share. The gate writes it; the supervisor reads it
// when the gate is dead or hung, and then alone. The kernel writes each event straight into its slot, so that an event
// that was read stands in the table even if its reader is killed in the very next instruction. Everything in it is
// plain data: what a dead process left must be readable.
#pragma once
#include <linux/fanotify.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lazaret {

inline constexpr uint32_t tableMagic = 0x345a4c54;  // "TLZ4"
inline constexpr size_t slotsMax = 4096;            // opens that wait at once; more wait in the kernel's queue
inline constexpr size_t readersMax = 64;
inline constexpr size_t ownProcessesMax = 8;
inline constexpr size_t letThroughsMax = 4096;
inline constexpr size_t handleBytesMax = 128;
inline constexpr size_t pathBytesMax = 1024;
inline constexpr size_t programBytesMax = 256;
inline constexpr size_t commandBytesMax = 512;

/** Programs of ours, by their place in the table. */
enum class OwnProgram : size_t { supervisor = 0, gate = 1, scanner = 2, agent = 3 };

/** free → reading (a reader waits in it, the event may have arrived) → waiting → answering → free. At an upgrade the
 * next program of the gate begins with all that are not free. */
enum class SlotState : uint32_t { free = 0, reading = 1, waiting = 2, answering = 3 };

/** State and use of a slot in one word, so that who answers takes both or nothing: an answer to a former use is not
 * this one's. */
constexpr uint64_t slotWord(SlotState state, uint32_t sequence) {
  return static_cast<uint64_t>(sequence) << 32 | static_cast<uint32_t>(state);
}
constexpr SlotState stateOf(uint64_t word) { return static_cast<SlotState>(static_cast<uint32_t>(word)); }
constexpr uint32_t sequenceOf(uint64_t word) { return static_cast<uint32_t>(word >> 32); }

/** The file of an open, as far as the gate had come. `handleBytes` 0: none was taken. */
struct FileFacts {
  uint64_t device;
  uint64_t inode;
  int32_t handleType;
  uint32_t handleBytes;
  uint8_t handle[handleBytesMax];
  uint32_t pathBytes;
  char path[pathBytesMax];  // cut at its end; for people
};

struct Slot {
  std::atomic<uint64_t> word;  // slotWord
  fanotify_event_metadata event;
  std::atomic<uint64_t> cameAtMs;  // monotonic; not later than the open itself
  std::atomic<uint64_t> deadlineAtMs;
  std::atomic<uint32_t> recorded;  // its let-through record is written, its answer may not be given yet
  FileFacts file;
};

enum class LetThroughCause : uint32_t {
  gateDied = 1,
  gateHung = 2,
  gateDown = 3,
  deadline = 4,
  overload = 5,
  scannerDown = 6,
  notReady = 7
};

/** An open that got the policy's answer in place of a verdict (RT-9b): by the gate, or by the supervisor in a dead
 * gate's place. Written before the answer is given, and kept until the agent has followed it up: whichever of the three
 * dies, it is told. */
struct LetThrough {
  LetThroughCause cause;
  int32_t pid;
  uint32_t uid;
  uint32_t allowed;
  uint32_t executed;
  uint64_t startTime;  // clock ticks since boot
  uint64_t waitedMs;
  FileFacts file;  // device 0: not known
  uint32_t programBytes;
  char program[programBytesMax];
  uint32_t commandBytes;
  char command[commandBytesMax];  // arguments with NUL between them
};

struct Table {
  uint32_t magic;
  uint32_t preAccess;                              // the second group is there
  std::atomic<int32_t> own[ownProcessesMax];       // answered first, whatever they open
  std::atomic<int32_t> keeper;                     // holds the gate's descriptors beyond its death; 0: none does
  std::atomic<uint32_t> failClosed;                // policy: what an open gets that nobody can judge
  std::atomic<uint64_t> aliveAtMs;                 // the gate's clock thread; 0: it has not begun
  std::atomic<uint64_t> readerBusyMs[readersMax];  // since when a reader is at an event; 0: it waits for one
  std::atomic<uint32_t> slotsUsed;                 // the highest slot ever used, plus 1
  std::atomic<uint32_t> gateDeaths;
  std::atomic<uint32_t> upgrades;
  std::atomic<uint64_t> changingSinceMs;  // monotonic: the gate becomes another program since then; 0: it does not
  // Monotonic: events that nobody has read may wait in the kernel's queue since then; 0: none does.
  std::atomic<uint64_t> queuedSinceMs;
  uint64_t life;  // random: with its number, a let-through open has a name of its own
  // Ever written, the gate's or, while none lives, the supervisor's; the ring holds the last letThroughsMax.
  std::atomic<uint64_t> letThroughCount;
  std::atomic<uint64_t> letThroughsDone;   // all before this one the agent has followed up
  std::atomic<uint64_t> unsettledSinceMs;  // Unix time: changed files since then may not be judged yet; 0: all are
  // Unix time: what changed from then on nobody saw, and no walk has seen yet; 0: nothing.
  std::atomic<uint64_t> gapFromMs;
  Slot slots[slotsMax];
  LetThrough letThroughs[letThroughsMax];

  std::atomic<int32_t>& ownOf(OwnProgram program) { return own[static_cast<size_t>(program)]; }
  const std::atomic<int32_t>& ownOf(OwnProgram program) const { return own[static_cast<size_t>(program)]; }
};

/** Descriptors that a gate is born with. */
enum GateDescriptor : int { permissionGroupFd = 3, preAccessGroupFd = 4, notifyGroupFd = 5, tableFd = 6 };

/** A gate that has not been heard of for so long, or has an open so much overdue, is hung. Deadline + 1 s is the
 * promise. One whose clock goes on is at work on many that are due at once: to end it would only be slower. */
inline constexpr uint64_t silentGateMs = 700;
inline constexpr uint64_t overdueMs = 400, overdueAtWorkMs = 700;
inline constexpr uint64_t atWorkMs = 150;
inline constexpr uint64_t gateStartMs = 3000;

}  // namespace lazaret
