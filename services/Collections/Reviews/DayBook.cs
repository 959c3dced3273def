using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Notices when a day begins at a legal entity, in its own calendar. Then all its customers that the passing of days
/// means something for are looked at: once per day, whichever instance is first. So are those with a placement or a
/// recommendation to follow: where a merge was undone, what it is about is another customer's, and so is all news of
/// it. Until the next day begins anywhere the database is not asked, but for once a minute: a legal entity may be new,
/// or in another time zone.
/// </summary>
public sealed class DayBook(NpgsqlDataSource database, LegalEntities entities, TimeProvider clock)
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private const string Known = "select legal_entity, day from days";

    /// <summary>The row of the entity is locked until the requests are written, so that nobody does it twice.</summary>
    private const string Turn =
        "with turned as (insert into days as d (legal_entity, day) values ($1, $2) " +
        "on conflict (legal_entity) do update set day = excluded.day where d.day < excluded.day returning 1) " +
        $"{ReviewQueue.InsertInto} " +
        "select c.id, $3 from customers c where c.legal_entity = $1 and exists (select 1 from turned) and (" +
        "exists (select 1 from open_items i where i.customer_id = c.id and i.balance > 0) or " +
        "exists (select 1 from promises p where p.customer_id = c.id and p.status = 'open') or " +
        "exists (select 1 from payment_plans p where p.customer_id = c.id and p.status = 'active') or " +
        "exists (select 1 from disputes d where d.customer_id = c.id and d.status in ('open', 'investigating')) or " +
        "exists (select 1 from placements p where p.customer_id = c.id and (p.status = 'placed' or " +
        "(p.placed_at is not null and p.ended_at > $4))) or " +
        "exists (select 1 from recommendations r where r.customer_id = c.id and (r.status = 'waiting' or " +
        "(r.kind = 'suspend' and r.status = 'carried-out' and c.status = 'suspended'))) or " +
        "exists (select 1 from holds h where h.customer_id = c.id and h.status = 'active') or " +
        "exists (select 1 from escalations e where e.customer_id = c.id and e.status = 'open') or " +
        "exists (select 1 from tasks t where t.customer_id = c.id and t.state = 'open'))";

    /// <summary>When all days had begun that had, and until when no other one does.</summary>
    private (DateTimeOffset At, DateTimeOffset Until) _looked;

    /// <summary>Has the customers of every legal entity looked at whose day has begun since the last time.</summary>
    public async Task TurnAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (now >= _looked.At && now < _looked.Until)
            return;
        await using var command = database.CreateCommand(Known);
        var known = (await command.ReadAsync(
                row => (Code: row.GetString(0), Day: row.GetFieldValue<DateOnly>(1)), cancellation))
            .ToDictionary(row => row.Code, row => row.Day);
        var until = now + LongestRest;
        foreach (var entity in await entities.AllAsync(cancellation))
        {
            var today = now.DateIn(entity.TimeZone);
            if (today.AddDays(1).StartIn(entity.TimeZone) is var midnight && midnight < until)
                until = midnight;
            if (known.TryGetValue(entity.Code, out var day) && day >= today)
                continue;
            await using var turn = database.CreateCommand(Turn);
            turn.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Code });
            turn.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today });
            turn.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
            turn.Parameters.Add(new NpgsqlParameter<DateTimeOffset>
            {
                TypedValue = now.AddDays(-AccountPlacements.MemoryDays),
            });
            await turn.ExecuteNonQueryAsync(cancellation);
        }

        _looked = (now, until);
    }
}
