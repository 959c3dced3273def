using Npgsql;
using OrderToCash.Collections.Accounts;

namespace OrderToCash.Collections.Reviews;

/// <summary>A customer to be looked at, and how often that was asked for when it was taken.</summary>
public sealed record ReviewRequest(Guid CustomerId, long Requests);

/// <summary>
/// Customers about whom something has changed: money came or went, a day began, a person decided something. The
/// request commits with the change, so none is lost, and many for one customer are one. Whoever takes a customer has it
/// alone for a while; what is asked for meanwhile is looked at afterwards.
/// </summary>
public sealed class ReviewQueue(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>An instance that dies with customers in hand gives them free after this long.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>
    /// Begins a statement that asks for looks: a select of customers and the time must follow. Requests are rows of
    /// their own, because one row per customer would be locked from here to the commit, and all news of the customer
    /// would stand in line behind it.
    /// </summary>
    public const string InsertInto = "insert into review_requests (customer_id, asked_at)";

    private const string Insert = $"{InsertInto} select c, $2 from unnest($1) c";

    /// <summary>
    /// Made one per customer; with a merged one its survivor is looked at. Whoever is at this already leaves its part
    /// to the others.
    /// </summary>
    private const string Gather =
        "with asked as (delete from review_requests where id = any(array(" +
        "select id from review_requests order by id limit 10000 for update skip locked)) " +
        "returning customer_id, asked_at) " +
        "insert into reviews as r (customer_id, requests, due_at) " +
        "select x.id, count(*), min(a.asked_at) from asked a " +
        "left join merged_customers m on m.customer_id = a.customer_id " +
        "cross join lateral (values (a.customer_id), (m.survivor_id)) x (id) where x.id is not null " +
        "group by x.id order by x.id " +
        "on conflict (customer_id) do update set requests = r.requests + excluded.requests, " +
        "due_at = least(r.due_at, excluded.due_at)";

    private const string Take =
        "update reviews r set taken_until = $2 from (select customer_id from reviews " +
        "where due_at <= $1 and (taken_until is null or taken_until < $1) order by due_at limit $3 " +
        "for update skip locked) d where r.customer_id = d.customer_id returning r.customer_id, r.requests";

    /// <summary>First, so that what follows sees what was asked for while it waited for a row.</summary>
    private const string Lock =
        "select 1 from reviews where customer_id = any($1) order by customer_id for update";

    private const string Finish =
        "with done as (select * from unnest($1, $2) as d (customer_id, requests)), " +
        "gone as (delete from reviews r using done d " +
        "where r.customer_id = d.customer_id and r.requests = d.requests) " +
        "update reviews r set taken_until = null, failures = 0 from done d " +
        "where r.customer_id = d.customer_id and r.requests <> d.requests";

    private const string Fail =
        "update reviews set taken_until = null, failures = failures + 1, " +
        "due_at = $2 + least(interval '1 second' * power(2, least(failures, 12)), $3) where customer_id = $1";

    /// <summary>Asks for a look at these customers, in the caller's write.</summary>
    public static NpgsqlBatchCommand Request(DateTimeOffset now, params Guid[] customers)
    {
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return command;
    }

    /// <summary>The same for all customers that are one company with a customer by a merge, itself among them.
    /// </summary>
    public static NpgsqlBatchCommand RequestCompany(DateTimeOffset now, Guid customerId)
    {
        var command = new NpgsqlBatchCommand(
            $"{InsertInto} select unnest({ContactBook.Company}), $2 from (select $1::uuid as id) c");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return command;
    }

    /// <summary>
    /// The same for whoever owes these invoices, whoever else pays them. Of one that is not known here yet nobody does:
    /// its own word asks for a look.
    /// </summary>
    public static NpgsqlBatchCommand RequestOwing(DateTimeOffset now, params Guid[] invoices)
    {
        var command = new NpgsqlBatchCommand(
            $"{InsertInto} select distinct customer_id, $2 from open_items where invoice_id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = invoices });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return command;
    }

    /// <summary>
    /// The same for all of a legal entity's customers on the worklist, and those who may be put there just now by a
    /// look at what was known before.
    /// </summary>
    public static NpgsqlBatchCommand RequestListed(DateTimeOffset now, string legalEntity)
    {
        var command = new NpgsqlBatchCommand(
            $"{InsertInto} select customer_id, $2 from worklist_customers where legal_entity = $1 union " +
            "select c.id, $2 from (select customer_id from reviews union select customer_id from review_requests) r " +
            "join customers c on c.id = r.customer_id where c.legal_entity = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return command;
    }

    /// <summary>The same for all of a legal entity's customers with something open that is due in these days.</summary>
    public static NpgsqlBatchCommand RequestDue(DateTimeOffset now, string legalEntity, DateOnly from, DateOnly to)
    {
        var command = new NpgsqlBatchCommand(
            $"{InsertInto} select distinct i.customer_id, $2 from open_items i " +
            "where i.legal_entity = $1 and i.balance > 0 and i.due_date between $3 and $4");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = to });
        return command;
    }

    /// <summary>Takes customers that are due; empty when none is.</summary>
    public async Task<IReadOnlyList<ReviewRequest>> TakeAsync(int most, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Gather));
        var take = new NpgsqlBatchCommand(Take);
        take.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        take.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now + Lease });
        take.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        batch.BatchCommands.Add(take);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var taken = new List<ReviewRequest>();
        while (await reader.ReadAsync(cancellation))
            taken.Add(new ReviewRequest(reader.GetGuid(0), reader.GetInt64(1)));
        return taken;
    }

    /// <summary>They were looked at; those asked for again meanwhile stay in the queue.</summary>
    public async Task FinishAsync(IReadOnlyList<ReviewRequest> done, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(done);
        Guid[] customers = [.. done.Select(one => one.CustomerId)];
        await using var batch = database.CreateBatch();
        var rows = new NpgsqlBatchCommand(Lock);
        rows.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        batch.BatchCommands.Add(rows);
        var finish = new NpgsqlBatchCommand(Finish);
        finish.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        finish.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. done.Select(one => one.Requests)] });
        batch.BatchCommands.Add(finish);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>It could not be looked at; it is tried again, ever later.</summary>
    public async Task FailAsync(ReviewRequest failed, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Fail);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = failed.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = LongestPause });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
