using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>What a run came to.</summary>
/// <param name="LegalEntity">Whose customers.</param>
/// <param name="Day">The day in its calendar.</param>
/// <param name="Expired">Orders whose reservation was given back.</param>
/// <param name="LookedAt">Customers whose holds and held orders were judged again.</param>
/// <param name="Refreshed">Customers about whom the bureau has given a new report.</param>
/// <param name="Rescored">Customers whose score is another one now.</param>
/// <param name="Reviews">Reviews that were opened.</param>
public sealed record DailyRunResult(
    string LegalEntity, DateOnly Day, int Expired, int LookedAt, int Refreshed, int Rescored, int Reviews);

/// <summary>
/// What the passing of a day does: reservations and releases end, holds begin or end with what is past due, held orders
/// are judged again as of the new day, customers are scored anew, reviews fall due, and old bureau reports are
/// refreshed. Every step is a decision of its own, so a run that broke off is simply begun again.
/// </summary>
public sealed class DailyRun(
    EventStore store, DecisionBooks books, Reactions reactions, Mergers mergers, BureauRefresh bureau,
    Rescoring rescoring, ReviewsDue reviews)
{
    private const int Chunk = 500;
    private const int AtOnce = 4;

    private const string Lapsed =
        "select o.customer_id as CustomerId, o.order_id as OrderId from order_checks o " +
        "join credit_accounts a on a.customer_id = o.customer_id where a.legal_entity = @legalEntity " +
        "and o.reserved > 0 and o.reserved_until < @today order by o.customer_id, o.order_id limit @chunk";

    /// <summary>Customers for whom a new day may change something, after the last one that was looked at.</summary>
    private const string Touched =
        "select a.customer_id from credit_accounts a where a.legal_entity = @legalEntity and a.customer_id > @after " +
        "and (exists (select 1 from credit_receivables r where r.customer_id = a.customer_id and r.balance > 0 " +
        "and r.due_date < @today) " +
        "or exists (select 1 from credit_holds h where h.customer_id = a.customer_id and h.by_rule) " +
        "or exists (select 1 from credit_quiet_rules q where q.customer_id = a.customer_id) " +
        "or exists (select 1 from order_checks o where o.customer_id = a.customer_id and o.status = 'held')) " +
        "order by a.customer_id limit @chunk";

    private const string Done =
        "insert into credit_daily_runs (legal_entity, day, done_at) values (@legalEntity, @today, @now) " +
        "on conflict do nothing";

    /// <summary>
    /// Runs the day of a legal entity. A customer who cannot be looked at holds up nobody else; the day is not done
    /// then: what failed is thrown at the end.
    /// </summary>
    public async Task<DailyRunResult> RunAsync(string legalEntity, DateTimeOffset now, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(legalEntity, cancellation);
        var today = facts.Today;
        var zone = (await books.EntitiesAsync(cancellation)).Single(one => one.Code == legalEntity).TimeZone;
        var failures = new ConcurrentQueue<Exception>();
        var expired = await ExpireAsync(legalEntity, today, failures, cancellation);
        await TryAsync(() => mergers.RunAsync(legalEntity, cancellation), failures);
        var lookedAt = await LookAsync(legalEntity, today, failures, cancellation);
        var rescored = (await rescoring.RunAsync(legalEntity, cancellation)).Changed;
        var opened = await reviews.OpenAsync(legalEntity, zone, facts, now, cancellation);
        // A bureau takes its time: nothing else of the day waits for it.
        var refreshed = 0;
        await TryAsync(async () => refreshed = await bureau.RunAsync(legalEntity, facts, cancellation), failures);
        if (!failures.IsEmpty)
            throw new AggregateException($"The day of {legalEntity} is not done.", failures);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            Done, new { legalEntity, today, now }, cancellationToken: cancellation));
        return new DailyRunResult(legalEntity, today, expired, lookedAt, refreshed, rescored, opened);
    }

    private async Task<int> ExpireAsync(
        string legalEntity, DateOnly today, ConcurrentQueue<Exception> failures, CancellationToken cancellation)
    {
        var expired = 0;
        int before;
        do
        {
            before = expired;
            foreach (var order in await ReadAsync<Order>(Lapsed, legalEntity, today, Guid.Empty, cancellation))
                await TryAsync(async () => expired += await ExpireAsync(order, cancellation), failures);
        }
        while (expired > before);
        return expired;
    }

    private async Task<int> ExpireAsync(Order order, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(cancellation);
        var decided = await store.DecideAsync(
            CreditAccountStream.Type, order.CustomerId,
            new EventMetadata(CreditService.Name, Reason: "It was not invoiced in time."),
            account => CreditDecider.Expire(account, order.OrderId, facts(account)), cancellation: cancellation);
        return decided.Events.Count;
    }

    private async Task<int> LookAsync(
        string legalEntity, DateOnly today, ConcurrentQueue<Exception> failures, CancellationToken cancellation)
    {
        var lookedAt = 0;
        var after = Guid.Empty;
        while (await ReadAsync<Guid>(Touched, legalEntity, today, after, cancellation) is { Count: > 0 } customers)
        {
            await Parallel.ForEachAsync(
                customers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (customer, token) => await TryAsync(() => reactions.ReactAsync(customer, token), failures));
            lookedAt += customers.Count;
            after = customers[^1];
        }

        return lookedAt;
    }

    private static async Task TryAsync(Func<Task> work, ConcurrentQueue<Exception> failures)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            failures.Enqueue(error);
        }
    }

    private async Task<List<T>> ReadAsync<T>(
        string sql, string legalEntity, DateOnly today, Guid after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<T>(new CommandDefinition(
            sql, new { legalEntity, today, after, chunk = Chunk }, cancellationToken: cancellation))).AsList();
    }

    private sealed record Order
    {
        public Guid CustomerId { get; init; }
        public string OrderId { get; init; } = "";
    }
}

/// <summary>
/// Runs each legal entity's day once it has begun there. Any instance may do it; what two do at once, one of them does
/// in vain.
/// </summary>
public sealed partial class DayBreak(
    EventStore store, DecisionBooks books, DailyRun run, TimeProvider clock, ILogger<DayBreak> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private const string IsDone =
        "select exists (select 1 from credit_daily_runs where legal_entity = $1 and day = $2)";

    private static readonly long LockKey = Ids.LockKey("credit-day-break");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The database is away; it is looked at again in the next minute.
                LogFailed(log, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        if (!await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select pg_try_advisory_lock(@key)", new { key = LockKey }, cancellationToken: cancellation)))
            return;
        try
        {
            foreach (var entity in await books.EntitiesAsync(cancellation))
            {
                try
                {
                    var today = clock.Today(entity.TimeZone);
                    if (!await IsDoneAsync(connection, entity.Code, today, cancellation))
                        LogDone(log, await run.RunAsync(entity.Code, clock.GetUtcNow(), cancellation));
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // What was not done is done in the next minute, and holds up no other legal entity.
                    LogFailed(log, error);
                }
            }
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@key)", new { key = LockKey });
        }
    }

    private static async Task<bool> IsDoneAsync(
        NpgsqlConnection connection, string legalEntity, DateOnly day, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(IsDone, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The day is run: {Result}")]
    private static partial void LogDone(ILogger log, DailyRunResult result);

    [LoggerMessage(Level = LogLevel.Error, Message = "The day could not be run; it is tried again.")]
    private static partial void LogFailed(ILogger log, Exception error);
}
