// SPDX-License-Identifier: GPL-2.0-only
#include "engine/yara-rules.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>
#include <yara.h>

#include <algorithm>

#include "base/limits.h"

namespace lazaret {

static std::vector<std::string> ruleFiles(const std::string& directory) {
  std::vector<std::string> names;
  DIR* open = opendir(directory.c_str());
  if (!open) return names;
  while (const dirent* entry = readdir(open)) {
    const std::string name = entry->d_name;
    if (name.ends_with(".yar") || name.ends_with(".yara")) names.push_back(name);
  }
  closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

struct CompileErrors {
  std::string file;
  std::vector<std::string>* list;
  size_t sizeMax;
};

static void onCompileMessage(int level, const char*, int line, const YR_RULE*, const char* message, void* data) {
  const CompileErrors* errors = static_cast<CompileErrors*>(data);
  if (level != YARA_ERROR_LEVEL_ERROR || errors->list->size() >= errors->sizeMax) return;
  errors->list->push_back(errors->file + ":" + std::to_string(line) + ": " + message);
}

// What scanners of YARA's users define for their rules. A file comes to us as a descriptor without a name: they are
// empty.
static constexpr const char* externalVariables[] = {"filename", "filepath", "extension", "filetype", "owner"};

static bool defineVariables(YR_COMPILER* compiler) {
  for (const char* name : externalVariables) {
    if (yr_compiler_define_string_variable(compiler, name, "") != ERROR_SUCCESS) return false;
  }
  return true;
}

// One that takes our variables and opens no files of its own; null where libyara gives none.
static YR_COMPILER* makeCompiler() {
  YR_COMPILER* compiler = nullptr;
  if (yr_compiler_create(&compiler) != ERROR_SUCCESS) return nullptr;
  yr_compiler_set_include_callback(compiler, nullptr, nullptr, nullptr);
  if (defineVariables(compiler)) return compiler;
  yr_compiler_destroy(compiler);
  return nullptr;
}

// Says why it does not compile, `errorsMax` times at most; true: it does.
static bool compileFile(YR_COMPILER* compiler, const std::string& directory, const std::string& file, size_t errorsMax,
                        std::vector<std::string>& errors) {
  const size_t before = errors.size();
  CompileErrors context{file, &errors, before + errorsMax};
  yr_compiler_set_callback(compiler, onCompileMessage, &context);
  const int fd = open((directory + "/" + file).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    errors.push_back(file + ":0: cannot be opened");
    return false;
  }
  const int failures = yr_compiler_add_fd(compiler, fd, file.c_str(), file.c_str());
  close(fd);
  if (failures > 0 && errors.size() == before) errors.push_back(file + ":0: does not compile");
  return failures == 0;
}

// A compiler that has met an error may not be given more. The rest is looked at file by file, so that all bad ones are
// named at once.
static void nameOtherBadFiles(const std::string& directory, const std::string* file, const std::string* end,
                              std::vector<std::string>& errors) {
  for (; file != end && errors.size() < limits::yaraBadFilesMax; file++) {
    YR_COMPILER* alone = makeCompiler();
    if (!alone) return;
    compileFile(alone, directory, *file, 1, errors);
    yr_compiler_destroy(alone);
  }
}

std::vector<std::string> YaraRules::loadDirectory(const std::string& directory) {
  std::vector<std::string> errors;
  const std::vector<std::string> files = ruleFiles(directory);
  if (files.empty()) return errors;
  if (yr_initialize() != ERROR_SUCCESS) return {"libyara does not start"};
  YR_COMPILER* compiler = makeCompiler();
  if (!compiler) return {"libyara does not start"};
  size_t at = 0;
  while (at < files.size() && compileFile(compiler, directory, files[at], limits::yaraErrorsReportedMax, errors)) at++;
  if (errors.empty() && yr_compiler_get_rules(compiler, &rules_) != ERROR_SUCCESS)
    errors.push_back("the rules do not compile");
  yr_compiler_destroy(compiler);
  if (at < files.size()) nameOtherBadFiles(directory, files.data() + at + 1, files.data() + files.size(), errors);
  if (!errors.empty()) return errors;
  YR_RULE* rule;
  yr_rules_foreach(rules_, rule) if (!RULE_IS_PRIVATE(rule)) count_++;
  if (yr_scanner_create(rules_, &scanner_) != ERROR_SUCCESS)
    errors.push_back("the scanner of the YARA rules does not start");
  return errors;
}

static std::string threatName(YR_RULE* rule) {
  YR_META* meta;
  yr_rule_metas_foreach(rule, meta) {
    if (meta->type == META_TYPE_STRING && std::string_view(meta->identifier) == "name" && meta->string && *meta->string)
      return meta->string;
  }
  return std::string("YARA.") + rule->identifier;
}

static int onScanMessage(YR_SCAN_CONTEXT*, int message, void* data, void* user) {
  if (message != CALLBACK_MSG_RULE_MATCHING) return CALLBACK_CONTINUE;
  (*static_cast<const std::function<void(std::string_view)>*>(user))(threatName(static_cast<YR_RULE*>(data)));
  return CALLBACK_CONTINUE;
}

bool YaraRules::scan(Bytes bytes, uint32_t timeoutMs, const std::function<void(std::string_view)>& found) {
  if (!scanner_ || bytes.size == 0) return true;
  // Without try-catch: SIGBUS of a truncated file is answered by our own handler (file-map.h).
  yr_scanner_set_flags(scanner_, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
  yr_scanner_set_timeout(scanner_, static_cast<int>(timeoutMs / 1000 + 1));
  yr_scanner_set_callback(scanner_, onScanMessage, const_cast<std::function<void(std::string_view)>*>(&found));
  const int result = yr_scanner_scan_mem(scanner_, bytes.data, bytes.size);
  return result == ERROR_SUCCESS || result == ERROR_TOO_MANY_MATCHES;
}

}  // namespace lazaret
