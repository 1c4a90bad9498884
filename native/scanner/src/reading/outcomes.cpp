// SPDX-License-Identifier: GPL-2.0-only
#include "reading/outcomes.h"

#include <clamav.h>

#include <array>

namespace lazaret {

namespace {

struct Meaning {
  std::string_view text;  // a part of the message
  SourceEnd end;
};

// The first that fits counts: what sounds like a lack of the reader and is a broken head stands before the general
// words.
constexpr std::array meanings = {
    // A second key, or one that is wrong: nobody reads it without.
    Meaning{"ncrypt", SourceEnd::encrypted},
    Meaning{"assphrase", SourceEnd::encrypted},
    Meaning{"Crypto codec", SourceEnd::encrypted},
    Meaning{"Decryption is unsupported", SourceEnd::encrypted},
    // Values that no packer writes.
    Meaning{"Unsupported LHa header level", SourceEnd::corrupted},
    Meaning{"Unsupported Host OS", SourceEnd::corrupted},
    Meaning{"Unsupported hash type", SourceEnd::corrupted},
    Meaning{"Unsupported extra type", SourceEnd::corrupted},
    Meaning{"Unsupported block header size", SourceEnd::corrupted},
    Meaning{"Unsupported filter type", SourceEnd::corrupted},
    Meaning{"Invalid or unsupported options", SourceEnd::corrupted},
    // The rest lies in another file.
    Meaning{"Multivolume cabinet file", SourceEnd::corrupted},
    Meaning{"Unsupported", SourceEnd::unsupported},
    Meaning{"unsupported", SourceEnd::unsupported},
    Meaning{"not supported", SourceEnd::unsupported},
    Meaning{"codec ID", SourceEnd::unsupported},
    Meaning{"not available", SourceEnd::unsupported},
    Meaning{"unavailable", SourceEnd::unsupported},
    // More memory than a worker has.
    Meaning{"llocate", SourceEnd::limit},
    Meaning{"memory", SourceEnd::limit},
};

}  // namespace

SourceEnd outcomeOfArchive(std::string_view message) {
  for (const Meaning& meaning : meanings)
    if (message.find(meaning.text) != std::string_view::npos) return meaning.end;
  return SourceEnd::corrupted;
}

Reason reasonOf(SourceEnd end) {
  switch (end) {
    case SourceEnd::encrypted: return Reason::encrypted;
    case SourceEnd::unsupported: return Reason::unsupportedCompression;
    case SourceEnd::limit: return Reason::engineLimit;
    case SourceEnd::open:
    case SourceEnd::complete:
    case SourceEnd::corrupted: return Reason::corrupted;
  }
  return Reason::corrupted;
}

EngineEnd outcomeOfEngine(int status) {
  switch (static_cast<cl_error_t>(status)) {
    case CL_CLEAN:
    case CL_VIRUS:
    case CL_BREAK:
    case CL_VERIFIED: return EngineEnd::read;
    case CL_ETIMEOUT: return EngineEnd::time;
    case CL_EMAXREC:
    case CL_EMAXSIZE:
    case CL_EMAXFILES: return EngineEnd::limit;
    // It reads from memory: what it could not read, seek, map or unpack is a place or a length that the file does not
    // have.
    case CL_EUNPACK:
    case CL_EREAD:
    case CL_ESEEK:
    case CL_EMAP:
    case CL_EFORMAT:
    case CL_EPARSE: return EngineEnd::corrupted;
    case CL_ENULLARG:
    case CL_EARG:
    case CL_EMALFDB:
    case CL_ECVD:
    case CL_EVERIFY:
    case CL_EOPEN:
    case CL_ECREAT:
    case CL_EUNLINK:
    case CL_ESTAT:
    case CL_EWRITE:
    case CL_EDUP:
    case CL_EACCES:
    case CL_ETMPFILE:
    case CL_ETMPDIR:
    case CL_EMEM:
    case CL_EBYTECODE:
    case CL_EBYTECODE_TESTFAIL:
    case CL_ELOCK:
    case CL_EBUSY:
    case CL_ESTATE:
    case CL_ERROR:
    case CL_ELAST_ERROR: return EngineEnd::failure;
  }
  return EngineEnd::failure;
}

std::optional<Reason> reasonOf(EngineEnd end) {
  switch (end) {
    case EngineEnd::read: return std::nullopt;
    case EngineEnd::time: return Reason::time;
    case EngineEnd::limit: return Reason::engineLimit;
    case EngineEnd::corrupted: return Reason::corrupted;
    case EngineEnd::failure: return Reason::engineFailure;
  }
  return Reason::engineFailure;
}

}  // namespace lazaret
