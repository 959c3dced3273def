namespace OrderToCash.EventSourcing.Tests.Migrating;

/// <summary>Marten drops, renames or does not read what differs from this; so nothing may.</summary>
public sealed class The_event_tables(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task have_martens_columns_types_nullability_and_defaults() =>
        (await database.RowsAsync("""
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                pg_get_expr(d.adbin, d.adrelid)
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname like 'mt\_%'
            order by c.relname, a.attnum
            """)).ShouldBe([
            "(mt_event_progression,name,\"character varying\",t,)",
            "(mt_event_progression,last_seq_id,bigint,f,)",
            "(mt_event_progression,last_updated,\"timestamp with time zone\",f,\"transaction_timestamp()\")",
            "(mt_events,seq_id,bigint,t,\"nextval('mt_events_sequence'::regclass)\")",
            "(mt_events,id,uuid,t,)",
            "(mt_events,stream_id,uuid,f,)",
            "(mt_events,version,bigint,t,)",
            "(mt_events,data,jsonb,t,)",
            "(mt_events,bdata,bytea,f,)",
            "(mt_events,type,\"character varying(500)\",t,)",
            "(mt_events,timestamp,\"timestamp with time zone\",t,\"now()\")",
            "(mt_events,tenant_id,\"character varying\",f,\"'*DEFAULT*'::character varying\")",
            "(mt_events,mt_dotnet_type,\"character varying\",f,)",
            "(mt_events,correlation_id,\"character varying\",f,)",
            "(mt_events,causation_id,\"character varying\",f,)",
            "(mt_events,headers,jsonb,f,)",
            "(mt_events,user_name,\"character varying\",f,)",
            "(mt_events,is_archived,boolean,f,false)",
            "(mt_streams,id,uuid,t,)",
            "(mt_streams,type,\"character varying\",f,)",
            "(mt_streams,version,bigint,f,)",
            "(mt_streams,timestamp,\"timestamp with time zone\",t,\"now()\")",
            "(mt_streams,created,\"timestamp with time zone\",t,\"now()\")",
            "(mt_streams,tenant_id,\"character varying\",f,\"'*DEFAULT*'::character varying\")",
            "(mt_streams,is_archived,boolean,f,false)",
        ]);

    [Fact]
    public async Task have_martens_keys_and_no_other_constraint() =>
        (await database.RowsAsync("""
            select conname, pg_get_constraintdef(oid) from pg_constraint
            where conrelid::regclass::text like 'mt\_%' and contype <> 'n' order by conname
            """)).ShouldBe([
            "(fkey_mt_events_stream_id,\"FOREIGN KEY (stream_id) REFERENCES mt_streams(id) ON DELETE CASCADE\")",
            "(pk_mt_event_progression,\"PRIMARY KEY (name)\")",
            "(pkey_mt_events_seq_id,\"PRIMARY KEY (seq_id)\")",
            "(pkey_mt_streams_id,\"PRIMARY KEY (id)\")",
        ]);

    [Fact]
    public async Task have_martens_indexes_and_no_other() =>
        (await database.RowsAsync("select indexdef from pg_indexes where tablename like 'mt\\_%' order by indexname"))
            .Select(row => row.Trim('(', ')', '"')).ShouldBe([
            "CREATE UNIQUE INDEX pk_mt_event_progression ON public.mt_event_progression USING btree (name",
            "CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON public.mt_events USING btree (stream_id, version",
            "CREATE UNIQUE INDEX pkey_mt_events_seq_id ON public.mt_events USING btree (seq_id",
            "CREATE UNIQUE INDEX pkey_mt_streams_id ON public.mt_streams USING btree (id",
        ]);

    [Fact]
    public async Task draw_numbers_from_a_sequence_that_the_column_owns_and_nobody_caches()
    {
        (await database.ScalarAsync<string>("select pg_get_serial_sequence('mt_events', 'seq_id')"))
            .ShouldBe("public.mt_events_sequence");
        (await database.RowsAsync(
            "select data_type::text, start_value, increment_by, cache_size, cycle from pg_sequences " +
            "where sequencename = 'mt_events_sequence'")).ShouldBe(["(bigint,1,1,1,f)"]);
    }

    [Fact]
    public async Task have_no_function_or_trigger_of_ours()
    {
        (await database.CountAsync("pg_proc where proname like 'mt\\_%'")).ShouldBe(0);
        (await database.CountAsync("pg_trigger where tgrelid::regclass::text like 'mt\\_%' and not tgisinternal"))
            .ShouldBe(0);
    }

    [Fact]
    public async Task hold_rows_that_marten_reads()
    {
        var store = database.Instance();
        var id = await store.OpenAsync();
        (await database.RowsAsync(
            "select type, tenant_id, is_archived, mt_dotnet_type is not null, data::text like '{\"Owner\": %' " +
            "from mt_events where stream_id = $1", id)).ShouldBe(["(account_opened,*DEFAULT*,f,t,t)"]);
        (await database.RowsAsync("select tenant_id, is_archived from mt_streams where id = $1", id))
            .ShouldBe(["(*DEFAULT*,f)"]);
    }
}
