// SPDX-License-Identifier: Apache-2.0
// The readers of permission events: one a CPU, pinned to it, for a reader on the opener's CPU answers in 5 µs and one
// across in 50 to 175. A reader looks up and hands on; it opens nothing on any watched file system, and waits for locks
// that are held shortly. Who answers: our own processes, out of scope, known verdicts, the empty file, and what is too
// much to be judged are answered here; everything else is handed to judging or responder, which answer it.
#pragma once
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "marks/ignore-marks.h"
#include "judging/judging.h"
#include "mounts/mount-keeper.h"
#include "reading/queue-age.h"
#include "telling/responder.h"
#include "telling/statistics.h"
#include "judging/verdict-cache.h"

namespace lazaret::gate {

class Readers {
 public:
  struct Parts {
    Opens& opens;
    VerdictCache& cache;
    Judging& judging;
    LetThroughLog& letThroughs;
    Responder& responder;
    IgnoreMarks& ignoreMarks;
    const MountKeeper& mounts;
    const ConfigurationKeeper& rules;
    Statistics& statistics;
    Owners& owners;
    const ScannerLink& scanner;
  };
  explicit Readers(const Parts& parts) : parts_(parts), age_(parts.opens.table(), parts.opens.group()) {}
  /** One for each processor that we may use. */
  void start();
  /** Before: what the program before this one had read and not answered is judged like what comes. Its time goes on. */
  void takeOver();
  /** They read no event any more: what comes waits in the kernel's queue, for the next gate. Returns when all of them
   * have ended. */
  void stop();
  bool isOwn(int pid) const;
  /** The scan process' workers and loader: they have no place in the table, but their parent has. */
  bool isOwnChild(int pid) const;

 private:
  /** One reader's life. */
  void run(unsigned reader, unsigned cpu);
  /** Whether the slot was handed on (else it is answered, and the reader's again). */
  bool handle(Slot& slot, const GateConfiguration& rules);
  bool handOn(Slot& slot, const FileKey& key, uint32_t fileUser, bool refused, const GateConfiguration& rules);
  /** An open of a file that is known to be refused. */
  bool refuse(Slot& slot, const FileKey& key, FileNote note, const GateConfiguration& rules);
  bool overload(Slot& slot, FileNote note, const GateConfiguration& rules);
  /** Its file cannot be looked at, or it was answered in the very moment of the upgrade: by the policy's rule,
   * recorded. */
  void answerLost(Slot& slot, const GateConfiguration& rules);
  void allow(Slot& slot) const { parts_.opens.answerAtOnce(slot, true); }

  Parts parts_;
  QueueAge age_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> running_{0};
};

}  // namespace lazaret::gate
