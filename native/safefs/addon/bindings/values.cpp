// SPDX-License-Identifier: Apache-2.0
#include "values.hpp"

#include <cstring>

namespace safefs {

void throwSystemError(Napi::Env env, int error, const char* call) {
  const char* name = strerrorname_np(error);
  const char* text = strerrordesc_np(error);
  std::string code = name == nullptr ? "UNKNOWN" : name;
  Napi::Error thrown = Napi::Error::New(env, code + ": " + (text == nullptr ? "unknown error" : text) + ", " + call);
  thrown.Set("code", Napi::String::New(env, code));
  thrown.Set("errno", Napi::Number::New(env, error));
  thrown.Set("syscall", Napi::String::New(env, call));
  throw thrown;
}

void throwInvalid(Napi::Env env, const char* what) {
  Napi::Error thrown = Napi::TypeError::New(env, what);
  thrown.Set("code", Napi::String::New(env, "EINVAL"));
  throw thrown;
}

std::string bytesOf(const Napi::Value& value) {
  if (!value.IsBuffer()) throwInvalid(value.Env(), "a path or a name must be a Buffer");
  auto buffer = value.As<Napi::Buffer<char>>();
  std::string bytes(buffer.Data(), buffer.Length());
  if (bytes.find('\0') != std::string::npos) throwInvalid(value.Env(), "a path or a name must not contain a zero byte");
  return bytes;
}

int numberOf(const Napi::Value& value) {
  if (!value.IsNumber()) throwInvalid(value.Env(), "a number is missing");
  return value.As<Napi::Number>().Int32Value();
}

uint64_t unsignedOf(const Napi::Value& value) {
  if (!value.IsNumber()) throwInvalid(value.Env(), "a number is missing");
  return static_cast<uint64_t>(value.As<Napi::Number>().Int64Value());
}

int64_t bigintOf(const Napi::Value& value) {
  if (!value.IsBigInt()) throwInvalid(value.Env(), "a bigint is missing");
  bool lossless = false;
  int64_t number = value.As<Napi::BigInt>().Int64Value(&lossless);
  if (!lossless) throwInvalid(value.Env(), "a bigint is out of range");
  return number;
}

std::vector<std::string> byteListOf(const Napi::Value& value) {
  if (!value.IsArray()) throwInvalid(value.Env(), "a list of Buffers is missing");
  auto list = value.As<Napi::Array>();
  std::vector<std::string> items;
  for (uint32_t index = 0; index < list.Length(); index++) items.push_back(bytesOf(list.Get(index)));
  return items;
}

Napi::Object batchValue(Napi::Env env, const Batch& batch) {
  Napi::Object value = Napi::Object::New(env);
  const auto* records = reinterpret_cast<const char*>(batch.records.data());
  value.Set("records", Napi::Buffer<char>::Copy(env, records, batch.records.size() * sizeof(Record)));
  value.Set("blob", Napi::Buffer<char>::Copy(env, batch.blob.data(), batch.blob.size()));
  return value;
}

}  // namespace safefs
