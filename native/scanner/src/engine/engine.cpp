// SPDX-License-Identifier: GPL-2.0-only
#include "engine/engine.h"

#include <clamav.h>
#include <zlib.h>

#include <algorithm>

#include "base/clock.h"
#include "base/limits.h"
#include "engine/pattern-files.h"
#include "formats/mail-text.h"
#include "formats/passwords.h"
#include "reading/outcomes.h"
#include "base/work.h"
#include "zip/zip-directory.h"

namespace lazaret {

std::string_view engineVersion() { return cl_retver(); }

// State of one scan, handed to libclamav's callbacks as their context.
struct EngineScan {
  Engine& engine;
  const EngineRequest& request;
  EngineResult result;
  struct Open {
    uint32_t level;
    int layer;
  };
  std::vector<Open> stack;  // layers that are being read, outermost first; not every recursion level has one
  uint64_t deadlineMs;
  uint64_t keptBytes = 0;
  bool raw = false;  // a raw pass over the current layer: its own layers are none

  int current() const { return stack.empty() ? 0 : stack.back().layer; }
  int enter(std::string_view type, const char* name, Bytes bytes, uint32_t level, bool normalized);
  std::vector<ContentSum> sumsForEngineAlone(Bytes archive) const;
  bool decideCut(Layer& layer, bool isRoot);
  bool isAlone(const Layer& layer, Bytes bytes) const;
  void keepForWalk(const Layer& layer, int index, Bytes bytes);
  void runYara(int index, Bytes bytes);
  void runRaw(Bytes bytes);
  void addHit(std::string_view name, bool yara, int layer);
};

// The name in the archive. The engine's own temporary files are no names.
static std::string_view memberName(const char* name) {
  const std::string_view whole = name ? name : "";
  if (whole.starts_with("clamav-") && whole.ends_with(".tmp")) return {};
  return whole.substr(0, limits::layerNameBytesMax);
}

// Deflate64 and Implode: the walker gets no bytes of such a member.
std::vector<ContentSum> EngineScan::sumsForEngineAlone(Bytes archive) const {
  constexpr uint16_t implode = 6, deflate64 = 9;
  Work work(archive.size, deadlineMs, nowMs);
  std::vector<ContentSum> sums;
  for (const ZipMember& member : readZipDirectory(archive, request.profile->membersMax, work).members)
    if (member.method == implode || member.method == deflate64) sums.emplace_back(member.crc32, member.bytes);
  std::sort(sums.begin(), sums.end());
  return sums;
}

int EngineScan::enter(std::string_view type, const char* name, Bytes bytes, uint32_t level, bool normalized) {
  while (!stack.empty() && stack.back().level >= level) stack.pop_back();
  Layer layer;
  layer.parent = stack.empty() ? -1 : stack.back().layer;
  layer.engineType = type;
  layer.name = memberName(level == 0 ? "" : name);
  layer.bytes = bytes.size;
  layer.normalized = normalized;
  layer.digest = digestOf(bytes);
  if (layer.parent < 0) {
    layer.compressions = request.compressions;
    layer.nesting = request.nesting;
  } else {
    // Such an archive takes a level of the recursion and is no layer.
    layer.isEmbedded = !normalized && level > stack.back().level + 1;
    const Layer& parent = result.layers[static_cast<size_t>(layer.parent)];
    // The engine makes a mail of each `data:` address of HTML: what it holds was not made by the engine.
    layer.normalized = normalized || (parent.normalized && !engineTypeIsMail(parent.engineType));
    // An archive that it finds in the middle of something it opens without a layer of its own, and does not count.
    const bool compressed =
        engineTypeIsCompression(parent.engineType) || (isCompression(parent.kind) && !parent.isBehind);
    layer.compressions = parent.compressions + (compressed && !normalized ? 1 : 0);
    layer.nesting = parent.nesting + 1;
    // Content of gzip proves the stream whole (proven-members.cpp), content of zip and ARJ the member.
    if (parent.kind == Container::gzip || parent.kind == Container::zip || parent.engineType.starts_with("CL_TYPE_ARJ"))
      layer.crc32 = static_cast<uint32_t>(crc32_z(0, bytes.data, bytes.size));
  }
  const ContainerMatch match = layer.normalized ? ContainerMatch{} : identifyContainer(bytes);
  layer.kind = match.kind;
  layer.isBehind = match.end != 0;
  if (layer.kind == Container::zip) layer.forEngineAlone = sumsForEngineAlone(bytes);
  layer.mail = !layer.normalized && layer.kind == Container::none && mailMarkOf(bytes) != MailMark::none;
  if (layer.parent >= 0 && engineTypeIsMail(result.layers[static_cast<size_t>(layer.parent)].engineType))
    layer.text = textDigestOf(bytes);
  result.layers.push_back(std::move(layer));
  const int index = static_cast<int>(result.layers.size()) - 1;
  stack.push_back({level, index});
  return index;
}

// True: the engine shall not read this layer.
bool EngineScan::decideCut(Layer& layer, bool isRoot) {
  const auto cut = [&layer](Reason reason) {
    layer.hasCut = true;
    layer.cut = reason;
    return true;
  };
  if (nowMs() > deadlineMs) {
    result.unread = Reason::time;
    return cut(Reason::time);
  }
  if (isRoot) return false;
  if (layer.compressions > request.profile->compressionLayersMax) return cut(Reason::layers);
  if (layer.nesting > request.profile->nestingMax) return cut(Reason::engineLimit);
  if (result.layers.size() > request.profile->membersMax) return cut(Reason::engineLimit);
  const bool leaf = layer.kind == Container::none && !engineTypeIsContainer(layer.engineType);
  const Layer& parent = result.layers[static_cast<size_t>(layer.parent)];
  const bool member = parent.isContainer();
  // LM-6: leaves only, "or greater", by true bytes.
  if (leaf && member && !layer.normalized && layer.bytes >= request.profile->memberBytesMax) return cut(Reason::size);
  return false;
}

// A member of a method that the engine alone has, and more than a leaf: nobody else gets its bytes.
bool EngineScan::isAlone(const Layer& layer, Bytes bytes) const {
  const std::vector<ContentSum>& sums = result.layers[static_cast<size_t>(layer.parent)].forEngineAlone;
  return layer.crc32 && (layer.kind != Container::none || layer.mail || mayBeProtected(bytes)) &&
         std::binary_search(sums.begin(), sums.end(), ContentSum(*layer.crc32, layer.bytes));
}

void EngineScan::keepForWalk(const Layer& layer, int index, Bytes bytes) {
  if (layer.parent < 0 || layer.normalized) return;
  const std::string_view within = result.layers[static_cast<size_t>(layer.parent)].engineType;
  const bool alone = isAlone(layer, bytes);
  if (!alone) {
    if ((layer.kind == Container::none && !layer.mail) || layer.kind == Container::engineOnly) return;
    if (!engineTypeListsMembers(within) && !engineTypeHasStreams(within)) return;
    // Mail in mail is met by the walker itself.
    if (layer.mail && engineTypeIsMail(within)) return;
  }
  if (keptBytes + bytes.size > limits::pendingWalkBytesMax) {
    result.layers[static_cast<size_t>(index)].unwalked = true;
    result.hints.push_back({Reason::engineLimit, index});
    return;
  }
  keptBytes += bytes.size;
  result.kept.push_back({index, alone, {bytes.data, bytes.data + bytes.size}});
  result.layers[static_cast<size_t>(index)].kept = alone || layer.kind != Container::none;
}

void EngineScan::addHit(std::string_view name, bool yara, int layer) {
  const auto isSame = [&](const LayerHit& hit) { return hit.layer == layer && hit.yara == yara && hit.name == name; };
  if (raw && std::any_of(result.hits.begin(), result.hits.end(), isSame)) return;
  if (result.hits.size() < limits::hitsMax) result.hits.push_back({std::string(name), yara, layer});
  if (!request.onHit) return;
  LayerPath inner;
  for (int at = layer; at > 0 && static_cast<size_t>(at) < result.layers.size();
       at = result.layers[static_cast<size_t>(at)].parent)
    if (const Layer& here = result.layers[static_cast<size_t>(at)]; !here.name.empty() && !here.normalized)
      inner.push_back(here.name);
  std::reverse(inner.begin(), inner.end());
  request.onHit(name, yara, std::move(inner));
}

void EngineScan::runYara(int index, Bytes bytes) {
  const uint64_t now = nowMs();
  const uint32_t left = deadlineMs > now ? static_cast<uint32_t>(deadlineMs - now) : 0;
  const bool done = engine.yara_.scan(bytes, left, [&](std::string_view name) { addHit(name, true, index); });
  if (!done) result.hints.push_back({Reason::time, index});
}

// What the engine leaves out by its type (media, data bases: "ignored") it compares neither with patterns nor by hash,
// web pages not by hash. A head is quickly put before anything, so it is given such bytes once more as bytes of no
// type.
void EngineScan::runRaw(Bytes bytes) {
  const uint64_t now = nowMs();
  cl_fmap_t* map = now < deadlineMs && bytes.size > 0 ? cl_fmap_open_memory(bytes.data, bytes.size) : nullptr;
  if (!map) {
    if (bytes.size > 0) result.hints.push_back({Reason::time, current()});
    return;
  }
  cl_engine_set_num(engine.engine_, CL_ENGINE_MAX_SCANTIME, static_cast<long long>(deadlineMs - now));
  cl_scan_options options{};
  options.general = CL_SCAN_GENERAL_ALLMATCHES;  // and no parser: that is what makes it raw
  const char* virusName = nullptr;
  unsigned long scanned = 0;
  raw = true;
  const cl_error_t status = cl_scanmap_callback(map, nullptr, &virusName, &scanned, engine.engine_, &options, this);
  raw = false;
  if (const std::optional<Reason> reason = reasonOf(outcomeOfEngine(status)))
    result.hints.push_back({*reason, current()});
  cl_fmap_close(map);
}

static cl_error_t onLayer(int, const char* type, const char**, size_t, const char* name, size_t bytes,
                          const char* buffer, uint32_t level, uint32_t attributes, void* context) {
  EngineScan& scan = *static_cast<EngineScan*>(context);
  if (scan.raw) return CL_CLEAN;
  const Bytes content{reinterpret_cast<const uint8_t*>(buffer), buffer ? bytes : 0};
  const int index = scan.enter(type, name, content, level, attributes & LAYER_ATTRIBUTES_NORMALIZED);
  Layer& layer = scan.result.layers[static_cast<size_t>(index)];
  if (scan.decideCut(layer, index == 0)) return CL_BREAK;
  if (!layer.normalized) scan.runYara(index, content);
  if (engineTypeLacksRaw(type) && !scan.result.layers[static_cast<size_t>(index)].normalized) scan.runRaw(content);
  scan.keepForWalk(scan.result.layers[static_cast<size_t>(index)], index, content);
  return CL_CLEAN;
}

static cl_error_t onLayerDone(int, int, const char*, void* context) {
  EngineScan& scan = *static_cast<EngineScan*>(context);
  if (scan.raw || scan.stack.empty()) return CL_CLEAN;
  Layer& layer = scan.result.layers[static_cast<size_t>(scan.stack.back().layer)];
  layer.complete = !layer.hasCut && nowMs() <= scan.deadlineMs;
  layer.forEngineAlone = {};  // all of its members have been met
  scan.stack.pop_back();
  return CL_CLEAN;
}

// `Heuristics.Encrypted.*`, `.Limits.*` and `.Broken.*` are reasons, never detections.
static bool asReason(std::string_view name, Reason& reason) {
  if (name.starts_with("Heuristics.Encrypted.")) {
    const std::string_view what = name.substr(21);
    const bool document = what.starts_with("PDF") || what.starts_with("DOC") || what.starts_with("Doc") ||
                          what.starts_with("OLE") || what.starts_with("PPT") || what.starts_with("XLS");
    reason = document ? Reason::password : Reason::encrypted;
  } else if (name.starts_with("Heuristics.Limits.")) {
    reason = Reason::engineLimit;
  } else if (name.starts_with("Heuristics.Broken.")) {
    reason = Reason::corrupted;
  } else {
    return false;
  }
  return true;
}

static void onFound(int, const char* virusName, void* context) {
  EngineScan& scan = *static_cast<EngineScan*>(context);
  std::string_view name = virusName ? virusName : "Heuristics.Limits.Exceeded";
  Reason reason;
  if (asReason(name, reason)) {
    scan.result.hints.push_back({reason, scan.current()});
    return;
  }
  // The engine's mark for every pattern that is not the vendor's own.
  constexpr std::string_view suffix = ".UNOFFICIAL";
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  scan.addHit(name, false, scan.current());
}

static EngineLoad failed(std::string code, std::string detail) {
  EngineLoad load;
  load.code = std::move(code);
  load.detail = std::move(detail);
  return load;
}

EngineLoad Engine::load(const std::string& directory, const std::string& extra, const std::string& temporary) {
  silenceEngine();
  if (const cl_error_t status = cl_init(CL_INIT_DEFAULT); status != CL_SUCCESS)
    return failed("scanner.start_failed", cl_strerror(status));
  engine_ = cl_engine_new();
  if (!engine_) return failed("scanner.start_failed", "no memory");
  cl_engine_set_str(engine_, CL_ENGINE_TMPDIR, temporary.c_str());
  // Its cache is keyed neither by what a callback cut short nor by our limits.
  cl_engine_set_num(engine_, CL_ENGINE_DISABLE_CACHE, 1);
  cl_engine_set_num(engine_, CL_ENGINE_MAX_SCANSIZE, static_cast<long long>(limits::engineScanBytesMax));
  cl_engine_set_num(engine_, CL_ENGINE_MAX_FILESIZE, static_cast<long long>(limits::engineContainerBytesMax));
  cl_engine_set_num(engine_, CL_ENGINE_MAX_RECURSION, limits::engineRecursionMax);
  cl_engine_set_num(engine_, CL_ENGINE_MAX_FILES, limits::membersMax);
  // No PROT_EXEC in the sandbox: byte code is interpreted.
  cl_engine_set_num(engine_, CL_ENGINE_BYTECODE_MODE, CL_BYTECODE_MODE_INTERPRETER);

  EngineLoad load;
  unsigned loaded = 0;
  const PatternFiles files = lookAtPatterns(directory);
  if (files.any) {
    const std::string fault = loadPatterns(directory, engine_, loaded);
    if (!fault.empty()) return failed("patterns.load_failed", fault);
  }
  load.signaturesInFiles = files.leavesOut ? 0 : files.plainSignatures;
  load.signatures = loaded;
  unsigned own = 0;
  if (const cl_error_t status = cl_load(extra.c_str(), engine_, &own, CL_DB_STDOPT); status != CL_SUCCESS || own != 1)
    return failed("patterns.self_test_failed", "the pattern of the self-test does not load");
  cl_engine_set_clcb_file_inspection(engine_, onLayer);
  cl_engine_set_clcb_post_scan(engine_, onLayerDone);
  cl_engine_set_clcb_virus_found(engine_, onFound);
  if (const cl_error_t status = cl_engine_compile(engine_); status != CL_SUCCESS)
    return failed("patterns.load_failed", cl_strerror(status));

  const std::vector<std::string> errors = yara_.loadDirectory(directory);
  if (!errors.empty()) {
    std::string detail;
    for (const std::string& error : errors) detail += (detail.empty() ? "" : "\n") + error;
    return failed("patterns.yara_invalid", detail);
  }
  load.yaraRules = yara_.count();
  load.ok = true;
  return load;
}

void Engine::setTemporary(const std::string& temporary) {
  cl_engine_set_str(engine_, CL_ENGINE_TMPDIR, temporary.c_str());
}

EngineResult Engine::scan(const EngineRequest& request) {
  EngineScan scan{*this, request, {}, {}, nowMs() + request.budgetMs, 0};
  if (request.bytes.size <= 5) {
    // The engine does not look at so little; the rules may.
    scan.enter("CL_TYPE_ANY", "", request.bytes, 0, false);
    scan.runYara(0, request.bytes);
    scan.result.layers[0].complete = true;
    return std::move(scan.result);
  }
  cl_engine_set_num(
      engine_, CL_ENGINE_MAX_FILESIZE,
      static_cast<long long>(std::max<uint64_t>(request.bytes.size + 1, limits::engineContainerBytesMax)));
  cl_engine_set_num(engine_, CL_ENGINE_MAX_SCANTIME, std::max<uint32_t>(request.budgetMs, 1));
  cl_scan_options options{};
  options.general = CL_SCAN_GENERAL_ALLMATCHES | CL_SCAN_GENERAL_HEURISTICS;
  options.parse = ~0u;
  options.heuristic =
      CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE | CL_SCAN_HEURISTIC_ENCRYPTED_DOC;
  cl_fmap_t* map = cl_fmap_open_memory(request.bytes.data, request.bytes.size);
  if (!map) {
    scan.result.unread = Reason::engineFailure;
    return std::move(scan.result);
  }
  const char* virusName = nullptr;
  unsigned long scanned = 0;
  const cl_error_t status = cl_scanmap_callback(map, nullptr, &virusName, &scanned, engine_, &options, &scan);
  cl_fmap_close(map);
  if (const std::optional<Reason> reason = reasonOf(outcomeOfEngine(status)); nowMs() > scan.deadlineMs)
    scan.result.unread = Reason::time;
  else if (reason) scan.result.unread = reason;
  return std::move(scan.result);
}

}  // namespace lazaret
