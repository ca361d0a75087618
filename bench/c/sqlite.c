// SQLite on a database in memory: bulk insert, indexed and unindexed queries, a join with
// aggregation, updates, deletes and text functions. The library comes from a package registry.
#include "kernel.h"
#include "sqlite3.h"

static sqlite3* database;

static void check(int result, const char* where) {
  if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
  fprintf(stderr, "sqlite: %s: %s\n", where, sqlite3_errmsg(database));
  exit(1);
}

static void execute(const char* sql) { check(sqlite3_exec(database, sql, 0, 0, 0), sql); }

static sqlite3_stmt* prepare(const char* sql) {
  sqlite3_stmt* statement;
  check(sqlite3_prepare_v2(database, sql, -1, &statement, 0), sql);
  return statement;
}

// Runs a query and folds every column of every row into `sum`.
static uint64_t query(uint64_t sum, const char* sql) {
  sqlite3_stmt* statement = prepare(sql);
  int state;
  while ((state = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
      if (sqlite3_column_type(statement, i) == SQLITE_FLOAT) {
        sum = mix_double(sum, sqlite3_column_double(statement, i));
        continue;
      }
      const unsigned char* piece = sqlite3_column_text(statement, i);
      for (; piece && *piece; piece++) sum = (sum ^ *piece) * 0x100000001b3ull;
    }
    sum = mix(sum, 1);
  }
  check(state, sql);
  sqlite3_finalize(statement);
  return sum;
}

static void fill(uint64_t seed, int devices, int readings) {
  static const char* const kinds[] = {"pump", "valve", "motor", "meter", "gate"};
  char name[32];
  execute("CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT UNIQUE, kind TEXT)");
  execute(
      "CREATE TABLE reading(id INTEGER PRIMARY KEY, device INT, at INT, value REAL, note TEXT)");
  execute("BEGIN");
  sqlite3_stmt* insert = prepare("INSERT INTO device VALUES(?, ?, ?)");
  for (int i = 0; i < devices; i++) {
    snprintf(name, sizeof name, "device-%d", i * 7919 % devices);
    sqlite3_bind_int(insert, 1, i);
    sqlite3_bind_text(insert, 2, name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(insert, 3, kinds[i % 5], -1, SQLITE_STATIC);
    check(sqlite3_step(insert), "insert device");
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  insert = prepare("INSERT INTO reading(device, at, value, note) VALUES(?, ?, ?, ?)");
  for (int i = 0; i < readings; i++) {
    uint64_t random = next_random(&seed) >> 16;
    snprintf(name, sizeof name, "note %u of %s", (unsigned)(random % 1000), kinds[random % 5]);
    sqlite3_bind_int(insert, 1, (int)(random % (uint64_t)devices));
    sqlite3_bind_int(insert, 2, i * 10);
    sqlite3_bind_double(insert, 3, (double)(random % 100000) / 64.0);
    sqlite3_bind_text(insert, 4, name, -1, SQLITE_TRANSIENT);
    check(sqlite3_step(insert), "insert reading");
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  execute("COMMIT");
  execute("CREATE INDEX reading_device ON reading(device, at)");
}

static uint64_t look_up(uint64_t sum, int devices) {
  sqlite3_stmt* statement =
      prepare("SELECT count(*), sum(value) FROM reading WHERE device = ? AND at > ?");
  for (int i = 0; i < devices; i++) {
    sqlite3_bind_int(statement, 1, i);
    sqlite3_bind_int(statement, 2, i * 100);
    check(sqlite3_step(statement), "look up");
    sum = mix(sum, (uint64_t)sqlite3_column_int64(statement, 0));
    sum = mix_double(sum, sqlite3_column_double(statement, 1));
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
  return sum;
}

static uint64_t workload(uint64_t sum, uint64_t seed) {
  enum { kDevices = 500, kReadings = 20000 };
  check(sqlite3_open(":memory:", &database), "open");
  fill(seed, kDevices, kReadings);
  sum = look_up(sum, kDevices);
  sum = query(sum,
              "SELECT kind, count(*), avg(value), max(note) FROM reading JOIN device "
              "ON device.id = reading.device GROUP BY kind ORDER BY kind");
  sum = query(sum, "SELECT count(*) FROM reading WHERE note LIKE '%9% of p%'");
  sum = query(sum,
              "SELECT upper(substr(note, 6, 3)) AS piece, count(*) FROM reading "
              "GROUP BY piece ORDER BY count(*) DESC, piece LIMIT 20");
  execute("UPDATE reading SET value = value * 2 WHERE device % 3 = 0");
  execute("DELETE FROM reading WHERE at % 70 = 0");
  sum = query(sum, "SELECT device, value FROM reading ORDER BY value DESC, id LIMIT 50");
  sum = query(sum,
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
              "SELECT sum(i * i % 7) FROM n");
  check(sqlite3_close(database), "close");
  return sum;
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 8);
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) sum = workload(sum, (uint64_t)r + 13);
  kernel_end(begin, sum);
  return 0;
}
