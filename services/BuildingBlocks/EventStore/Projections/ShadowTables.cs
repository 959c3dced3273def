using Npgsql;

namespace OrderToCash.EventSourcing.Projections;

/// <summary>
/// The tables of a read model a second time, empty, in a schema of their own, until they take the place of the first.
/// Same columns, defaults, checks, identities, keys, indexes, storage parameters and grants, under the same names.
/// </summary>
internal sealed class ShadowTables(NpgsqlConnection connection, Projection projection)
{
    /// <summary>What would be lost when the old table is dropped, or would keep it from being dropped.</summary>
    private const string Unsupported = """
        select 'a foreign key: ' || conname
        from pg_constraint where contype = 'f' and $1::regclass in (conrelid, confrelid)
        union all
        select 'a trigger: ' || tgname from pg_trigger where tgrelid = $1::regclass and not tgisinternal
        union all
        select 'a view on it: ' || r.ev_class::regclass from pg_depend d join pg_rewrite r on r.oid = d.objid
        where d.classid = 'pg_rewrite'::regclass and d.refobjid = $1::regclass and r.ev_class <> $1::regclass
        union all
        select 'a serial column (an identity column would do): ' || s.relname
        from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
        where d.classid = 'pg_class'::regclass and d.refobjid = $1::regclass and d.deptype = 'a'
        """;

    /// <summary>
    /// Statements that give the new table what LIKE does not copy; true where they can wait until it is filled.
    /// </summary>
    private const string Belongings = """
        select format('alter table %s add constraint %I %s', $2, conname, pg_get_constraintdef(oid)), false
        from pg_constraint where conrelid = $1::regclass and contype in ('p', 'u', 'x')
        union all
        select replace(pg_get_indexdef(i.indexrelid), ' ON ' || $1 || ' ', ' ON ' || $2 || ' '), not i.indisunique
        from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x')
        where i.indrelid = $1::regclass and c.oid is null
        union all
        select format('alter table %s set (%s)', $2, array_to_string(reloptions, ', ')), false
        from pg_class where oid = $1::regclass and reloptions is not null
        union all
        select format('grant %s on %s to %s%s', a.privilege_type, $2,
            case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
            case when a.is_grantable then ' with grant option' else '' end), false
        from pg_class c cross join aclexplode(c.relacl) a where c.oid = $1::regclass and a.grantee <> c.relowner
        """;

    private readonly string _schema = $"rebuild_{projection.Name}";
    private readonly List<string> _later = [];

    /// <summary>
    /// Creates them and lets unqualified names mean them on this connection. Keys and unique indexes are there at once,
    /// for upserts need them; the other indexes wait for <see cref="FinishAsync"/>.
    /// </summary>
    public async Task CreateAsync(CancellationToken cancellation)
    {
        foreach (var table in projection.Tables)
        {
            var obstacles = await connection.ReadAsync(
                Unsupported, reader => reader.GetString(0), cancellation, $"public.{table}");
            if (obstacles.Count > 0)
            {
                throw new NotSupportedException(
                    $"Table {table} cannot be rebuilt, it has {string.Join(", ", obstacles)}.");
            }
        }

        await connection.ExecuteAsync($"drop schema if exists {_schema} cascade", cancellation);
        await connection.ExecuteAsync($"create schema {_schema}", cancellation);
        foreach (var table in projection.Tables)
        {
            await connection.ExecuteAsync(
                $"create table {_schema}.{table} (like public.{table} including all excluding indexes)", cancellation);
            var statements = await connection.ReadAsync(
                Belongings, reader => (Sql: reader.GetString(0), Later: reader.GetBoolean(1)), cancellation,
                $"public.{table}", $"{_schema}.{table}");
            foreach (var (sql, _) in statements.Where(statement => !statement.Later))
                await connection.ExecuteAsync(sql, cancellation);
            _later.AddRange(statements.Where(statement => statement.Later).Select(statement => statement.Sql));
        }

        await connection.ExecuteAsync($"set search_path = {_schema}, public", cancellation);
    }

    /// <summary>
    /// After the bulk: the remaining indexes, and statistics, so that readers get good plans from the first query.
    /// </summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        foreach (var sql in _later)
            await connection.ExecuteAsync(sql, cancellation);
        foreach (var table in projection.Tables)
            await connection.ExecuteAsync($"analyze {_schema}.{table}", cancellation);
    }

    /// <summary>Keeps readers and writers off the old tables; inside the transaction that replaces them.</summary>
    public async Task LockAsync(CancellationToken cancellation)
    {
        foreach (var table in projection.Tables)
            await connection.ExecuteAsync($"lock table public.{table} in access exclusive mode", cancellation);
    }

    /// <summary>Puts the new tables in the place of the old.</summary>
    public async Task ReplaceAsync(CancellationToken cancellation)
    {
        foreach (var table in projection.Tables)
        {
            await connection.ExecuteAsync($"drop table public.{table}", cancellation);
            await connection.ExecuteAsync($"alter table {_schema}.{table} set schema public", cancellation);
        }
    }

    /// <summary>Takes away what is left.</summary>
    public Task DropAsync() =>
        connection.ExecuteAsync($"drop schema if exists {_schema} cascade", CancellationToken.None);
}
