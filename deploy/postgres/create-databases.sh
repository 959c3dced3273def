#!/bin/bash
# Runs once, on an empty data folder: a database and an owner per service, so that no service can read another's.
set -euo pipefail
for service in invoicing cash_application collections credit; do
    password=${service^^}_PASSWORD
    psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres \
        --set owner="$service" --set password="${!password}" <<'SQL'
create role :"owner" login password :'password';
create database :"owner" owner :"owner";
revoke all on database :"owner" from public;
SQL
done
