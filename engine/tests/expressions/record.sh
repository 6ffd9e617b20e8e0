#!/bin/sh
# Asks a real PostgreSQL 15 what the cases in *.txt give, and writes its answers behind them.
#
#   sh engine/tests/expressions/record.sh [directory of PostgreSQL's binaries]
#
# A line is a case, `expression --> answer`, except blank ones and those that begin with `--`. A file whose first line
# is `-- statements` holds whole statements, each rolled back. In others a line is an expression over the table t; the
# answer is its type and value, or in a file that begins with `-- names` the name of the result column and the type.
# Only the part before the arrow need be written by hand.
set -eu
bin=${1:-/usr/lib/postgresql/15/bin}
here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
as_owner() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c "$1"; else sh -c "$1"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$home"
as_owner "$bin/initdb -D $home/data --locale=C --encoding=UTF8 --auth=trust -U postgres" >/dev/null
as_owner "$bin/pg_ctl -w -D $home/data -l $home/log -o '-k $home -c listen_addresses= -c fsync=off' start" >/dev/null
trap 'as_owner "$bin/pg_ctl -m immediate -D $home/data stop" >/dev/null; rm -rf "$home"' EXIT
ask() { "$bin/psql" -X -q -A -t -h "$home" -U postgres -v VERBOSITY=verbose -P null=NULL "$@" 2>&1; }
ask -v ON_ERROR_STOP=1 -f "$here/setup.sql"

# One line for rows or for the error with its DETAIL and HINT, without the excerpt and the place in PostgreSQL's source.
line() {
    grep -v -e '^LINE ' -e '^ *^$' -e '^LOCATION:' | sed 's/^\(ERROR\|DETAIL\|HINT\):  /\1: /' | paste -s -d '~' | sed 's/~/ ~ /g'
}
for file in "$here"/*.txt; do
    form=$(head -n 1 "$file")
    while IFS= read -r case; do
        query=${case%% -->*}
        case $query in
        '' | --*) printf '%s\n' "$case" && continue ;;
        esac
        case $form in
        '-- statements') answer=$(ask -F ', ' -c BEGIN -c "$query" </dev/null | line) ;;
        '-- names') answer=$(printf 'SELECT %s FROM t \\gdesc\n' "$query" | ask -F ' ' | sed 's/([0-9,]*)$//' | line) ;;
        *) answer=$(ask -F ' ' -c "SELECT pg_typeof(x), x FROM (SELECT $query AS x FROM t OFFSET 0) q" </dev/null | line) ;;
        esac
        printf '%s --> %s\n' "$query" "$answer"
    done <"$file" >"$home/new"
    cat "$home/new" >"$file"
done
