//! The tables as diesel sees them, held against the database itself; and every migration up, down and up again.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;
use oxsop::platform::db::{Conn, Db, DbError, MIGRATIONS};

use crate::support::app::{database_url, fresh_folder};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

fn names(conn: &mut Conn, sql: &str) -> Vec<String> {
    let mut names: Vec<String> = diesel::sql_query(sql)
        .load::<Named>(conn)
        .expect("the catalogue answers")
        .into_iter()
        .map(|n| n.name)
        .collect();
    names.sort();
    names
}

/// `table.column:nullable` of everything in the database.
fn columns(conn: &mut Conn) -> Vec<String> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "SELECT m.name || '.' || p.name || ':' || CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN 'no' ELSE 'yes' END AS name \
             FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'"
        }
        Conn::Postgres(_) => {
            "SELECT table_name || '.' || column_name || ':' || lower(is_nullable) AS name FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'"
        }
    };
    names(conn, sql)
}

/// The same from `schema.rs`.
fn declared() -> Vec<String> {
    let text = include_str!("../../src/platform/db/schema.rs");
    let mut found = Vec::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if let Some((name, rest)) = line.split_once(" (").filter(|(_, rest)| rest.ends_with(") {")) {
            table = name.to_owned();
            assert!(!rest.is_empty());
        } else if let Some((column, kind)) = line.split_once(" -> ").filter(|_| !line.starts_with("diesel")) {
            found.push(format!(
                "{table}.{column}:{}",
                if kind.starts_with("Nullable") { "yes" } else { "no" }
            ));
        }
    }
    found.sort();
    found
}

#[test]
fn diesel_and_the_database_agree_on_every_column() {
    let folder = fresh_folder();
    let db = Db::open(&database_url(&folder)).expect("a database");
    db.migrate().expect("migrations run");
    let real = db.read(|conn| Ok::<_, DbError>(columns(conn))).expect("columns");
    assert_eq!(real, declared());
    assert!(real.len() > 100, "{}", real.len());
}

#[test]
fn every_migration_goes_up_down_and_up_again() {
    let folder = fresh_folder();
    let db = Db::open(&database_url(&folder)).expect("a database");
    let mut conn = db.conn().expect("a connection");
    let conn: &mut Conn = &mut conn;
    conn.run_pending_migrations(MIGRATIONS).expect("up");
    let first = columns(conn);
    conn.revert_all_migrations(MIGRATIONS).expect("down");
    assert_eq!(columns(conn), Vec::<String>::new());
    conn.run_pending_migrations(MIGRATIONS).expect("up again");
    assert_eq!(columns(conn), first);
}

#[test]
fn a_mistyped_address_is_refused_and_makes_no_file() {
    for url in ["sqlit://x.db", "mysql://x", "x.db", ""] {
        let error = Db::open(url).map(|_| ()).expect_err(url).to_string();
        assert!(error.contains("neither with sqlite:// nor with postgres://"), "{error}");
    }
    assert!(!std::path::Path::new("x.db").exists());
}
