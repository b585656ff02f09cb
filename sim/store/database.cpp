// SPDX-License-Identifier: Apache-2.0
#include "sim/store/database.h"

#include <fmt/format.h>

#include <filesystem>

namespace mantissa::store {
namespace {

// Characters that mean something in a URI are written as %XX.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string())
    uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<unsigned>(c))
                                            : std::string(1, c);
  return uri + "?immutable=1";
}

}  // namespace

Database::Database(const std::string& path, Mode mode) : path_(path) {
  // A finished store is read as a file that nobody changes: no -wal and -shm files appear beside
  // it, and it may lie in a folder that cannot be written to. A -wal file tells that somebody is
  // writing.
  std::error_code ignored;
  const bool finished = mode == Mode::read && !std::filesystem::exists(path + "-wal", ignored);
  const int flags =
      mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = finished ? sqlite3_open_v2(immutable_uri(path).c_str(), &handle_,
                                              flags | SQLITE_OPEN_URI, nullptr)
                            : sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
  try {
    if (code != SQLITE_OK) fail(code, "opening");
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, 10'000);
    if (mode == Mode::write) {
      // A kill of the process loses no committed row in WAL mode, whatever `synchronous` is; NORMAL
      // saves the fsync per point that only a power cut would need.
      execute("PRAGMA journal_mode=WAL");
      execute("PRAGMA synchronous=NORMAL");
    }
  } catch (...) {
    sqlite3_close_v2(handle_);
    throw;
  }
}

Database::~Database() { sqlite3_close_v2(handle_); }

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, "writing");
}

void Database::fail(int code, std::string_view doing) const {
  const std::string why = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const std::string what = fmt::format("{} it failed: {}", doing, why);
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
      throw Error(disk_full).at(path_).say(what).remedy(
          "make room or choose another directory with -o, then continue with --resume");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(busy).at(path_).say(what).remedy("wait for the other process to end");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_ERROR:  // a table or column that should be there
      throw Error(unreadable).at(path_).say(what).expected("a results file of mantissa sweep");
    default:
      MANTISSA_CHECK(false, fmt::format("SQLite: {} ({})", why, code));
  }
}

Statement::Statement(const Database& database, const std::string& sql) : database_(database) {
  const int code = sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr);
  if (code != SQLITE_OK) database_.fail(code, "reading");
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(statement_, index, value);
  return *this;
}
Statement& Statement::bind(int index, std::uint64_t value) {
  sqlite3_bind_int64(statement_, index, static_cast<sqlite3_int64>(value));
  return *this;
}
Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_, index);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3_reset(statement_);
  database_.fail(code, "writing");
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }
std::uint64_t Statement::integer(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Statement& StatementCache::operator()(const std::string& sql) {
  Statement& statement = statements_.try_emplace(sql, database_, sql).first->second;
  statement.reset();
  return statement;
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}
void Transaction::commit() {
  database_->execute("COMMIT");
  database_ = nullptr;
}

}  // namespace mantissa::store
