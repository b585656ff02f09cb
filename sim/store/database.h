// SPDX-License-Identifier: Apache-2.0
// SQLite, as little of it as the store needs: a connection, prepared statements, transactions.
// Failures become Errors: a full disk is store.disk-full (exit 4), a damaged file store.unreadable.
//
//   store::Database db(path);
//   store::Statement insert(db, "INSERT INTO t VALUES (?, ?)");
//   insert.bind(1, "a").bind(2, 0.5).run();
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/store/errors.h"

namespace mantissa::store {

class Database {
 public:
  enum class Mode { read, write };  // write creates the file, and sets WAL mode

  Database(const std::string& path, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const std::string& sql);
  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }

  [[noreturn]] void fail(int code, std::string_view doing) const;

 private:
  std::string path_;
  sqlite3* handle_ = nullptr;
};

class Statement {
 public:
  Statement(const Database& database, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters count from 1, columns from 0.
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::uint64_t value);
  Statement& bind_null(int index);

  bool step();  // true while there is a row
  void run();   // steps to the end and resets
  void reset();

  std::string text(int column) const;
  double real(int column) const;
  std::uint64_t integer(int column) const;
  bool is_null(int column) const;

 private:
  const Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

// Statements that are prepared once: preparing costs as much as inserting a row.
class StatementCache {
 public:
  explicit StatementCache(const Database& database) : database_(database) {}
  // Reset and ready to bind. One text must not be used twice at the same time.
  Statement& operator()(const std::string& sql);

 private:
  const Database& database_;
  std::map<std::string, Statement> statements_;
};

// Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(&database) { database.execute("BEGIN"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database* database_;
};

}  // namespace mantissa::store
