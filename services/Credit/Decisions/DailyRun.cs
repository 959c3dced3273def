using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

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

/// <summary>A step of a day.</summary>
/// <param name="Step">expiry, mergers, holds, scores, figures, reviews or bureau.</param>
/// <param name="DoneAt">When the run began that has done it last (UTC); null when none has.</param>
public sealed record DailyRunStep(string Step, DateTimeOffset? DoneAt);

/// <summary>What of today is done in a legal entity.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Day">The day in its calendar.</param>
/// <param name="IsDone">Whether every step has been done, by itself or because somebody asked.</param>
/// <param name="Steps">All steps, in their order.</param>
public sealed record DailyRunProgress(
    string LegalEntity, DateOnly Day, bool IsDone, IReadOnlyList<DailyRunStep> Steps);

/// <summary>
/// What the passing of a day does: reservations and releases end, holds begin or end with what is past due, held orders
/// are judged again as of the new day, customers are scored anew and their figures worked out, reviews fall due, and
/// old bureau reports are refreshed. Every step is a decision of its own, so a run that broke off is simply begun
/// again. Of a legal entity one runs at a time, whoever begins it: that one holds the lock of a session of its own.
/// </summary>
public sealed class DailyRun(
    EventStore store, DecisionBooks books, Reactions reactions, Mergers mergers, BureauRefresh bureau,
    Rescoring rescoring, CustomerFigures customers, ReviewsDue reviews,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions)
{
    private const int Chunk = 500;
    private const int AtOnce = 4;

    private const string Lapsed =
        "select o.customer_id as CustomerId, o.order_id as OrderId from order_checks o " +
        "join credit_accounts a on a.customer_id = o.customer_id where a.legal_entity = @legalEntity " +
        "and o.reserved > 0 and o.reserved_until < @today and (o.customer_id, o.order_id) > (@after, @order) " +
        "order by o.customer_id, o.order_id limit @chunk";

    /// <summary>Customers for whom a new day may change something, after the last one that was looked at.</summary>
    private const string Touched =
        "select a.customer_id from credit_accounts a where a.legal_entity = @legalEntity and a.customer_id > @after " +
        "and (exists (select 1 from credit_receivables r where r.customer_id = a.customer_id and r.balance > 0 " +
        "and r.due_date < @today) " +
        "or exists (select 1 from credit_absorbed x join credit_receivables r on r.customer_id = x.duplicate_id " +
        "where x.survivor_id = a.customer_id and r.balance > 0 and r.due_date < @today) " +
        "or exists (select 1 from credit_holds h where h.customer_id = a.customer_id and h.by_rule) " +
        "or exists (select 1 from credit_quiet_rules q where q.customer_id = a.customer_id) " +
        "or exists (select 1 from order_checks o where o.customer_id = a.customer_id and (o.status = 'held' " +
        "or o.status = 'declined' and not o.declined_by_person and o.decided_on >= @declinedFrom))) " +
        "order by a.customer_id limit @chunk";

    private const string StepsDone =
        "select step as Step, done_at as DoneAt from credit_daily_runs where legal_entity = @legalEntity " +
        "and day = @today";

    private const string Mark =
        "insert into credit_daily_runs (legal_entity, day, step, done_at) values (@legalEntity, @today, @step, @now) " +
        "on conflict (legal_entity, day, step) do update set done_at = excluded.done_at";

    private const string Bureau = "bureau";

    private static readonly string[] Steps = ["expiry", "mergers", "holds", "scores", "figures", "reviews", Bureau];

    /// <summary>By legal entity: the run that waits for its turn in this process.</summary>
    private readonly Dictionary<string, Task<DailyRunResult>> _waiting = new(StringComparer.Ordinal);

    /// <summary>
    /// Runs the whole day of a legal entity, whatever of it is done already; after whoever is at it. Those who ask
    /// while one waits for that have theirs in it: of a process one has it in hand and one waits, however many ask.
    /// </summary>
    public Task<DailyRunResult> RunAsync(string legalEntity, DateTimeOffset now, CancellationToken cancellation)
    {
        lock (_waiting)
        {
            if (!_waiting.TryGetValue(legalEntity, out var day))
                _waiting[legalEntity] = day = Task.Run(() => InTurnAsync(legalEntity, now, cancellation), cancellation);
            return day;
        }
    }

    private async Task<DailyRunResult> InTurnAsync(
        string legalEntity, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var turn = await WaitAsync();
        return await RunAsync(legalEntity, Steps, now, cancellation);

        async Task<Turn> WaitAsync()
        {
            try
            {
                return await Turn.WaitAsync(sessions, LockKey(legalEntity), cancellation);
            }
            finally
            {
                lock (_waiting)
                    _waiting.Remove(legalEntity);
            }
        }
    }

    /// <summary>
    /// Runs what is left of the day of a legal entity; null when nothing is, and while somebody else is at it.
    /// </summary>
    public async Task<DailyRunResult?> FinishAsync(
        string legalEntity, DateTimeOffset now, CancellationToken cancellation)
    {
        if ((await ProgressAsync(legalEntity, cancellation)).IsDone)
            return null;
        await using var turn = await Turn.TryAsync(sessions, LockKey(legalEntity), cancellation);
        if (turn is null)
            return null;
        var left = await LeftAsync(legalEntity, cancellation);
        return left is [] ? null : await RunAsync(legalEntity, left, now, cancellation);
    }

    /// <summary>What of today is done, whoever ran it.</summary>
    public async Task<DailyRunProgress> ProgressAsync(string legalEntity, CancellationToken cancellation)
    {
        var today = (await books.FactsAsync(legalEntity, cancellation)).Today;
        var done = (await ReadAsync<DoneStep>(StepsDone, legalEntity, today, Guid.Empty, cancellation))
            .ToDictionary(one => one.Step, one => one.DoneAt);
        return new DailyRunProgress(
            legalEntity, today, Steps.All(done.ContainsKey),
            [.. Steps.Select(step => new DailyRunStep(step, done.TryGetValue(step, out var at) ? at : null))]);
    }

    private async Task<string[]> LeftAsync(string legalEntity, CancellationToken cancellation)
    {
        var progress = await ProgressAsync(legalEntity, cancellation);
        return [.. progress.Steps.Where(step => step.DoneAt is null).Select(step => step.Step)];
    }

    private static long LockKey(string legalEntity) => Ids.LockKey($"ordertocash:credit-day:{legalEntity}");

    /// <summary>
    /// A customer who cannot be looked at holds up nobody else; the step is not done then, and what failed is thrown
    /// at the end. The bureau is paid for what it is asked: whatever comes of it, it is asked once a day.
    /// </summary>
    private async Task<DailyRunResult> RunAsync(
        string legalEntity, string[] steps, DateTimeOffset now, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(legalEntity, cancellation);
        var today = facts.Today;
        var zone = (await books.EntitiesAsync(cancellation)).Single(one => one.Code == legalEntity).TimeZone;
        var failures = new ConcurrentQueue<Exception>();
        var figures = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            if (step == Bureau)
                await MarkAsync(step);
            var before = failures.Count;
            await TryAsync(async () => figures[step] = await StepAsync(step), failures);
            if (step != Bureau && failures.Count == before)
                await MarkAsync(step);
        }

        return failures.IsEmpty
            ? new DailyRunResult(
                legalEntity, today, Figure("expiry"), Figure("holds"), Figure(Bureau), Figure("scores"),
                Figure("reviews"))
            : throw new AggregateException($"The day of {legalEntity} is not done.", failures);

        int Figure(string step) => figures.GetValueOrDefault(step);

        // A bureau takes its time: it comes last, nothing else of the day waits for it.
        async Task<int> StepAsync(string step) => step switch
        {
            "expiry" => await ExpireAsync(legalEntity, today, failures, cancellation),
            "mergers" => await MergeAsync(legalEntity, failures, cancellation),
            "holds" => await LookAsync(legalEntity, today, failures, cancellation),
            "scores" => (await rescoring.RunAsync(legalEntity, cancellation)).Changed,
            "figures" => await customers.RefreshAsync(legalEntity, today, cancellation),
            "reviews" => await reviews.OpenAsync(legalEntity, zone, facts, now, cancellation),
            _ => await bureau.RunAsync(legalEntity, facts, cancellation),
        };

        async Task MarkAsync(string step)
        {
            await using var connection = await store.Database.OpenConnectionAsync(cancellation);
            await connection.ExecuteAsync(new CommandDefinition(
                Mark, new { legalEntity, today, step, now }, cancellationToken: cancellation));
        }
    }

    private async Task<int> ExpireAsync(
        string legalEntity, DateOnly today, ConcurrentQueue<Exception> failures, CancellationToken cancellation)
    {
        var (expired, last) = (0, new Order());
        while (await ReadAsync<Order>(Lapsed, legalEntity, today, last.CustomerId, cancellation, last.OrderId)
            is { Count: > 0 } orders)
        {
            foreach (var order in orders)
                await TryAsync(async () => expired += await ExpireAsync(order, cancellation), failures);
            last = orders[^1];
        }

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

    private async Task<int> MergeAsync(
        string legalEntity, ConcurrentQueue<Exception> failures, CancellationToken cancellation)
    {
        var pairs = await mergers.AllAsync(legalEntity, cancellation);
        foreach (var (duplicate, survivor) in pairs)
            await TryAsync(() => mergers.TakeOverAsync(duplicate, survivor, cancellation), failures);
        return pairs.Count;
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
        string sql, string legalEntity, DateOnly today, Guid after, CancellationToken cancellation, string order = "")
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<T>(new CommandDefinition(
            sql,
            new
            {
                legalEntity,
                today,
                after,
                order,
                chunk = Chunk,
                declinedFrom = today.AddDays(-CreditDecider.DeclineWaitDays),
            },
            cancellationToken: cancellation))).AsList();
    }

    private sealed record DoneStep
    {
        public string Step { get; init; } = "";
        public DateTimeOffset DoneAt { get; init; }
    }

    private sealed record Order
    {
        public Guid CustomerId { get; init; }
        public string OrderId { get; init; } = "";
    }
}

/// <summary>
/// Runs each legal entity's day once it has begun there. Any instance may do it, one at a time does: it holds the lock
/// of a session of its own.
/// </summary>
public sealed partial class DayBreak(
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, DecisionBooks books, DailyRun run,
    TimeProvider clock, ILogger<DayBreak> log)
    : RecurringWork("The days of legal entities", TimeSpan.FromMinutes(1), clock, log)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly long LockKey = Ids.LockKey("ordertocash:credit-day-break");

    /// <summary>How often the days of legal entities have failed in a row, and when they are tried again.</summary>
    private readonly Dictionary<string, (int Failures, DateTimeOffset Again)> _failed =
        new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await using var turn = await Turn.TryAsync(sessions, LockKey, cancellation);
        if (turn is null)
        {
            if (_failed.Count > 0)
                LeftUndone();
            return;
        }

        foreach (var entity in await books.EntitiesAsync(cancellation))
        {
            var (failures, again) = _failed.GetValueOrDefault(entity.Code);
            if (Clock.GetUtcNow() < again && !await IsDoneAsync(entity.Code, cancellation))
                LeftUndone();
            else if (await TryAsync(
                $"The day of {entity.Code}", () => FinishAsync(entity.Code, cancellation), cancellation))
                _failed.Remove(entity.Code);
            else
                _failed[entity.Code] = (failures + 1, Clock.GetUtcNow() + Pause(failures));
        }
    }

    /// <summary>Whether another instance, or whoever asked for it, has done it meanwhile.</summary>
    private async Task<bool> IsDoneAsync(string legalEntity, CancellationToken cancellation) =>
        (await run.ProgressAsync(legalEntity, cancellation)).IsDone;

    /// <summary>A minute, twice as long each time: a day that cannot be done is not tried without end.</summary>
    private static TimeSpan Pause(int failures) =>
        TimeSpan.FromMinutes(Math.Min(LongestPause.TotalMinutes, Math.Pow(2, failures)));

    private async Task FinishAsync(string legalEntity, CancellationToken cancellation)
    {
        if (await run.FinishAsync(legalEntity, Clock.GetUtcNow(), cancellation) is { } result)
            LogDone(log, result);
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "credit.day.done", Message = "The day is run: {Result}")]
    private static partial void LogDone(ILogger log, DailyRunResult result);
}
