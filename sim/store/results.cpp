// SPDX-License-Identifier: Apache-2.0
#include "sim/store/results.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "sim/store/layout.h"

namespace mantissa::store {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : "\n") + line;
  return out;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

Status status_of(const std::string& text) {
  for (const auto status : {Status::pending, Status::ok, Status::failed, Status::infeasible})
    if (text == name(status)) return status;
  throw Error(unreadable).read(text).expected("the status of a point");
}

constexpr const char* insert_point = "INSERT OR REPLACE INTO points VALUES (?,?,?,?,?,?,?,?,?,?,?)";

void bind_point(Statement& statement, const PointRow& p) {
  statement.bind(1, p.sweep).bind(2, p.position).bind(3, p.arch).bind(4, p.workload);
  statement.bind(5, joined(p.overrides)).bind(6, p.fidelity).bind(7, p.hash);
  statement.bind(8, name(p.status)).bind(9, p.message);
  statement.bind(10, std::uint64_t{p.feasible}).bind(11, p.violated);
}

}  // namespace

const char* name(Status status) {
  switch (status) {
    case Status::pending:
      return "pending";
    case Status::ok:
      return "ok";
    case Status::failed:
      return "failed";
    case Status::infeasible:
      return "infeasible";
  }
  return "";
}

// A POSIX lock on a file beside the database. Unlike flock it is not inherited by forked workers,
// so a worker that outlives its killed parent for a moment does not keep --resume out.
struct Results::Lock {
  int file = -1;
  explicit Lock(const std::string& path) {
    const std::string name = path + ".lock";
    file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0)
      throw Error(errno == EACCES || errno == ENOSPC || errno == EROFS ? disk_full : unreadable)
          .at(name)
          .say("cannot be created")
          .remedy("choose a directory that can be written to with -o");
    struct flock region {};
    region.l_type = F_WRLCK;
    region.l_whence = SEEK_SET;
    if (fcntl(file, F_SETLK, &region) != 0) {
      close(file);
      throw Error(busy)
          .at(path)
          .say("another process is writing into it")
          .remedy("wait for it to end, or choose another directory with -o");
    }
  }
  ~Lock() { close(file); }
};

Results::Results(const std::string& path, Database::Mode mode) {
  if (mode == Database::Mode::write) lock_ = std::make_unique<Lock>(path);
  db_ = std::make_unique<Database>(path, mode);
  prepared_ = std::make_unique<StatementCache>(*db_);
  bool is_new = false;
  {
    Statement tables(*db_, "SELECT count(*) FROM sqlite_master");
    tables.step();
    is_new = tables.integer(0) == 0;
  }
  if (is_new && mode == Database::Mode::write) create();
  Statement version(*db_, "SELECT value FROM meta WHERE key = 'schema_version'");
  const std::string found = version.step() ? version.text(0) : "none";
  if (found != std::to_string(schema_version))
    throw Error(wrong_version)
        .at(path)
        .read("schema_version " + found)
        .expected(fmt::format("schema_version {}", schema_version))
        .remedy("use the version of mantissa that wrote it, or another directory with -o");
}

Results Results::write(const std::string& path) { return {path, Database::Mode::write}; }
Results Results::read(const std::string& path) { return {path, Database::Mode::read}; }
Results::Results(Results&&) noexcept = default;
Results::~Results() = default;

void Results::create() {
  Transaction transaction(*db_);
  db_->execute(layout);
  Statement insert(*db_, "INSERT INTO meta VALUES ('schema_version', ?)");
  insert.bind(1, std::to_string(schema_version)).run();
  transaction.commit();
}

void Results::plan(const SweepRow& sweep, const std::vector<PointRow>& points,
                   const std::vector<PublishedRow>& published) {
  Transaction transaction(*db_);
  for (const char* table : {"points", "published", "sweeps"})
    Statement(*db_, fmt::format("DELETE FROM {} WHERE sweep = ?", table)).bind(1, sweep.name).run();
  Statement insert(*db_, "INSERT INTO sweeps VALUES (?,?,?,?,?,?)");
  insert.bind(1, sweep.name).bind(2, sweep.title).bind(3, sweep.description).bind(4, sweep.text);
  insert.bind(5, sweep.objectives).bind(6, sweep.program).run();
  Statement point(*db_, insert_point);
  for (const auto& row : points) {
    bind_point(point, row);
    point.run();
  }
  Statement figure(*db_, "INSERT OR REPLACE INTO published VALUES (?,?,?,?,?,?)");
  for (const auto& row : published) {
    figure.bind(1, row.sweep).bind(2, row.position).bind(3, row.column).bind(4, row.value);
    figure.bind(5, row.method).bind(6, row.source).run();
  }
  transaction.commit();
}

void Results::set_point(const PointRow& point) {
  Statement& statement = (*prepared_)(insert_point);
  bind_point(statement, point);
  statement.run();
}

void Results::merge(const std::string& path) {
  { Results check = read(path); }  // refuses another layout before anything is written
  Statement(*db_, "ATTACH DATABASE ? AS other").bind(1, path).run();
  try {
    Transaction transaction(*db_);
    for (const char* table : run_tables)
      db_->execute(fmt::format("INSERT OR IGNORE INTO {0} SELECT * FROM other.{0}", table));
    db_->execute(
        "UPDATE points SET status = 'failed', message = o.message FROM other.points o WHERE "
        "o.status = 'failed' AND points.status = 'pending' AND points.sweep = o.sweep AND "
        "points.position = o.position AND points.hash = o.hash");
    transaction.commit();
  } catch (...) {
    sqlite3_exec(db_->handle(), "DETACH DATABASE other", nullptr, nullptr, nullptr);
    throw;
  }
  db_->execute("DETACH DATABASE other");
}

bool Results::empty() const {
  Statement query(*db_, "SELECT (SELECT count(*) FROM sweeps) + (SELECT count(*) FROM runs)");
  query.step();
  return query.integer(0) == 0;
}

bool Results::has_run(const std::string& hash) const {
  Statement& query = (*prepared_)("SELECT 1 FROM runs WHERE hash = ?");
  const bool found = query.bind(1, hash).step();
  query.reset();  // a statement that stands on a row keeps its view of the file open
  return found;
}

std::vector<SweepRow> Results::sweeps() const {
  std::vector<SweepRow> rows;
  Statement query(*db_, "SELECT * FROM sweeps ORDER BY sweep");
  while (query.step())
    rows.push_back(
        {query.text(0), query.text(1), query.text(2), query.text(3), query.text(4), query.text(5)});
  return rows;
}

std::vector<PointRow> Results::points() const {
  std::vector<PointRow> rows;
  Statement query(*db_, "SELECT * FROM points ORDER BY sweep, position");
  while (query.step())
    rows.push_back({query.text(0), query.integer(1), query.text(2), query.text(3),
                    split(query.text(4)), query.text(5), query.text(6), status_of(query.text(7)),
                    query.text(8), query.integer(9) != 0, query.text(10)});
  return rows;
}

std::vector<PublishedRow> Results::published() const {
  std::vector<PublishedRow> rows;
  Statement query(*db_, "SELECT * FROM published ORDER BY sweep, position, quantity");
  while (query.step())
    rows.push_back({query.text(0), query.integer(1), query.text(2), query.real(3), query.text(4),
                    query.text(5)});
  return rows;
}

double Results::host_seconds() const {
  Statement query(*db_, "SELECT total(seconds) FROM host");
  query.step();
  return query.real(0);
}

std::string Results::dump() const {
  std::string out;
  for (const char* table : compared_tables) {
    // quote() prints doubles with all their digits.
    Statement columns(*db_, fmt::format("SELECT name, pk FROM pragma_table_info('{}')", table));
    std::string list, order;
    while (columns.step()) {
      list += (list.empty() ? "" : " || ',' || ") + fmt::format("quote(\"{}\")", columns.text(0));
      if (columns.integer(1) > 0)
        order += (order.empty() ? "" : ", ") + ('"' + columns.text(0) + '"');
    }
    Statement rows(*db_, fmt::format("SELECT {} FROM {} ORDER BY {}", list, table, order));
    while (rows.step()) out += fmt::format("{}: {}\n", table, rows.text(0));
  }
  return out;
}

}  // namespace mantissa::store
