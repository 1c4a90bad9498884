// SPDX-License-Identifier: GPL-2.0-only
// Every limit of the scan process, in one place: no queue, depth, size or wait without one.
#pragma once
#include <cstddef>
#include <cstdint>

namespace lazaret::limits {

inline constexpr uint64_t KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB;

// Framing.
inline constexpr size_t packetBytesMax = 64 * KiB;
inline constexpr size_t patternPathBytesMax = 4096;
inline constexpr size_t canariesMax = 200;

// Broker.
inline constexpr size_t clientsMax = 64;
inline constexpr size_t profilesPerClientMax = 64;
inline constexpr size_t queuedRequestsMax = 4096;
inline constexpr size_t queuedRequestsPerClientMax = 2048;
inline constexpr size_t answerQueuePacketsMax = 4096;
inline constexpr size_t answerQueueBytesMax = 64 * MiB;
inline constexpr size_t packetsPerTurn = 64;       // of one peer, before the others are looked at
inline constexpr size_t packetsPerJobMax = 16384;  // of a worker about one file; a full answer takes fewer
inline constexpr size_t workersMax = 64;
// One running, the others waiting in the socket of the worker: it never waits for us.
inline constexpr size_t descriptorsPerWorker = 8;
inline constexpr uint32_t killSlackMs = 5000;  // above engine + walk budget, before the broker kills
// A killed worker that is still there then waits for what may never answer.
inline constexpr uint32_t dyingMs = 1000;
inline constexpr size_t undyingMax = 64;  // so many of them; each keeps its memory
inline constexpr uint32_t workerProofMs = 60000;
inline constexpr uint32_t loadMs = 300000;
inline constexpr uint32_t respawnBackoffMsMax = 500;  // a dead worker is back within 1 s, always

// Fairness (docs/adr/0015-fairness.md).
// A scan that has run for so long makes room when another owner, or a class before it, waits.
inline constexpr uint32_t sliceMs = 1000;
inline constexpr uint32_t slowLaneMs = 20000;  // so long one of the slow lane may keep another owner's waiting …
// … and a follow-up: two of them, each behind another scan, have begun within a minute (RT-9b).
inline constexpr uint32_t slowLaneFollowUpMs = 12000;
inline constexpr uint32_t starvedMs = 2000;     // a class that got no worker for so long has the next one
inline constexpr uint32_t probeMs = 1000;       // for the first bytes of a file
inline constexpr uint32_t goodScanCpuMs = 100;  // a scan that takes more of the processor …
// … keeps its owner from the quick workers for so many times as long.
inline constexpr uint32_t standingFactor = 40;
inline constexpr uint32_t lostStandingMs = 60000;  // and so does one that killed its worker or had to make room
inline constexpr size_t standingsMax = 4096;
inline constexpr size_t fingerprintBytes = 4 * KiB;
inline constexpr size_t waitAtWorkerMax = 2;  // of one owner behind each other; of runs descriptorsPerWorker

// One scan; a profile may ask for less or more within these bounds.
inline constexpr uint32_t compressionLayersMin = 1, compressionLayersMax = 30;
inline constexpr uint32_t nestingMax = 60;
inline constexpr uint32_t membersMax = 1000000;
inline constexpr uint64_t memberBytesMax = 1 * GiB;
inline constexpr uint32_t budgetMsMax = 3600000;
inline constexpr uint64_t plainFileBytesMax = 2 * GiB;          // libclamav answers "clean" unread from here on
inline constexpr uint64_t engineContainerBytesMax = 400 * MiB;  // largest layer that libclamav may unpack
inline constexpr uint64_t engineScanBytesMax = 4 * GiB;
inline constexpr uint32_t engineRecursionMax = 90;
// A member container is kept in memory up to here, then in the temporary place.
inline constexpr uint64_t spillMemoryBytesMax = 8 * MiB;
inline constexpr uint64_t spillBytesMax = 512 * MiB;
inline constexpr uint64_t pendingWalkBytesMax = 256 * MiB;
inline constexpr size_t rowsMax = 1000000;
// 2^53 - 1: what every reader of JSON keeps; no file has more, but a lying head.
inline constexpr uint64_t rowBytesMax = 9007199254740991;
inline constexpr size_t threatsMax = 10000;
inline constexpr size_t hitsMax = 100000;    // of one run of the engine
inline constexpr size_t earlyHitsMax = 100;  // of one file, told before the scan has ended
inline constexpr size_t layerNameBytesMax = 4096;
inline constexpr size_t layersInPathMax = 64;
// Of one path, as it is told: with its threat's name it fits into one packet.
inline constexpr size_t layersJsonBytesMax = 28 * KiB;
// Of one file, as JSON; the first of each name is told whatever comes.
inline constexpr size_t threatsToldBytesMax = 1 * MiB;
// Of one file, as JSON; the first of each reason is told whatever comes.
inline constexpr size_t rowsToldBytesMax = 1 * MiB;
inline constexpr size_t threatNameBytesMax = 512;
inline constexpr size_t headBytes = 128 * KiB;     // of a member, before it is known to be a leaf
inline constexpr size_t typeHeadBytes = 36 * KiB;  // of the outer file: a disk image's mark stands at 32 KiB

// Our own parsers. Steps are bytes or entries looked at; an honest file of any format takes less than two for each of
// its bytes.
inline constexpr uint64_t parserStepsBase = 1 * MiB;
inline constexpr uint64_t parserStepsPerByte = 16;
inline constexpr uint64_t parserStepsPerLook = 256 * KiB;  // between two looks at the clock
inline constexpr size_t isoDescriptorsMax = 64;
inline constexpr size_t isoContinuationsMax = 32;  // of one record; a name of 255 bytes takes two
inline constexpr size_t isoContinuationBytesMax = 4096;
inline constexpr size_t isoNameBytesMax = 1024;
inline constexpr size_t isoDepthMax = 256;
// All files together, as a multiple of the image: hard links count once.
inline constexpr uint64_t isoContentTimesMax = 4;
inline constexpr size_t pdfEncryptionsMax = 4096;  // objects that different /Encrypt name
inline constexpr size_t compoundChainBytesMax = 4 * MiB;
inline constexpr size_t compoundMiniBytesMax = 16 * MiB;
// In which a RAR or 7z archive behind other bytes is looked for.
inline constexpr size_t behindBytesMax = 4 * MiB;
inline constexpr size_t behindMarksMax = 16;        // marks that are none, before the file is ambiguous
inline constexpr size_t zipsBesideMax = 8;          // zips one behind the other in one file
inline constexpr size_t zipEntriesTriedMax = 4096;  // of all lists of a zip, to find the one that leads to a member
inline constexpr size_t zipWideRecordBytesMax = 4 * KiB;  // before the end record
inline constexpr size_t zipWideSearchesMax = 16;          // for 64-bit end records
inline constexpr size_t zipTailsMax = 4096;               // of one zip, by which pieces of it are known again …
inline constexpr size_t zipTailsOfAllMax = 1000000;       // … and of all in a file
inline constexpr size_t odfManifestBytesMax = 8 * MiB;
inline constexpr size_t rarHeadBytesMax = 64 * KiB;  // of the first head of an archive
inline constexpr uint64_t xarTableBytesMax = 64 * MiB;
inline constexpr size_t mailHeaderNameBytesMax = 128;
inline constexpr size_t mailBlankBytesMax = 4 * KiB;  // before the first header
inline constexpr size_t mailHeadBytesMax = 1 * MiB;   // headers that are gone through for one that only mail has
// Of what is no text, in which the header of a part is looked for.
inline constexpr size_t mailMarkBytes = 64 * KiB;
inline constexpr size_t mailBoundaryBytesMax = 256;  // by so much of them boundaries are told apart
inline constexpr size_t mailPlacesMax = 1000000;     // heads, boundaries, runs of base64: of each
inline constexpr size_t mailBase64LettersMin = 40;   // of a run of lines that no head announces
inline constexpr size_t mailNameBytesMax = 255;

// Sandbox.
inline constexpr uint64_t slotTmpfsBytes = 1 * GiB;
inline constexpr size_t placeDepthMax = 100;  // folders in folders of a temporary place; the engine makes two or three
inline constexpr uint64_t workerMemoryBytes = 1536 * MiB;
inline constexpr uint64_t loaderProcessesMax = 1024;  // of its user; a loader makes its workers
inline constexpr uint64_t loaderMemoryBytes = 16 * GiB;

// Warm-up and self-test.
inline constexpr size_t yaraErrorsReportedMax = 20;  // of the first bad file
inline constexpr size_t yaraBadFilesMax = 1000;      // lines of all of them

}  // namespace lazaret::limits
