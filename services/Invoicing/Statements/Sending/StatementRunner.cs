using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>
/// Makes the statements of a run, a hundred customers to a transaction, and each of a group by itself: a group may be
/// hundreds of customers. It follows the log, so one instance does it, and after a crash it begins the run again: a
/// customer whose statement is made already is passed over.
/// </summary>
public sealed partial class StatementRunner(
    EventStore store, StatementReader reader, StatementMaker maker, ReportMoments moments, ILogger<StatementRunner> log)
    : ISubscription
{
    private const int AtOnce = 100;

    private static readonly StatementRunFinished None = new(0, 0, 0, 0);

    /// <summary>
    /// Customers that want this cycle and were known to the run as no one's duplicates, in the order of their
    /// identifiers.
    /// </summary>
    private const string Next =
        """
        select c.customer_id, coalesce((c.statements->>'Group')::boolean, false) as group from customers c
        cross join lateral (
            select v.merged_into from customer_versions v
            where v.customer_id = c.customer_id and v.recorded_at <= @knownAt order by v.version desc limit 1) k
        where c.legal_entity = @legalEntity and k.merged_into is null and c.customer_id > @after
            and coalesce(c.statements->>'Cycle', 'Monthly') = @cycle
        order by c.customer_id limit @atOnce
        """;

    /// <inheritdoc/>
    public string Name => "StatementRunner:All";

    /// <inheritdoc/>
    public int PageSize => 1_000;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(StatementRunStarted)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        foreach (var started in events.Where(e => e.Data is StatementRunStarted))
            await RunAsync(started, cancellation);
        return [];
    }

    private async Task RunAsync(StoredEvent started, CancellationToken cancellation)
    {
        var (run, _) = await store.LoadAsync(StatementRunStream.Type, started.StreamId, cancellation);
        if (run.Finished is not null)
            return;
        var wanted = (StatementRunStarted)started.Data;
        await moments.TellAsync(wanted.KnownAt, cancellation);
        var (letterhead, country) = await reader.LetterheadAsync(wanted.LegalEntity, wanted.KnownAt, cancellation);
        var paper = new StatementPaper(letterhead, country, wanted.Pdf, started.StreamId);
        var (counts, after) = (None, Guid.Empty);
        while (await NextAsync(wanted, after, cancellation) is { Count: > 0 } customers)
        {
            foreach (var together in Parts(customers))
                counts += await MakeAsync(together, wanted, paper, started, cancellation);
            after = customers[^1].Id;
        }

        await store.DecideAsync(
            StatementRunStream.Type, started.StreamId, Metadata(started),
            now => now.Finished is null ? Decision.Of(counts) : Decision.Nothing, cancellation: cancellation);
    }

    /// <summary>What is read and written at once: those that stand for themselves, and each group.</summary>
    public static IEnumerable<List<Guid>> Parts(IReadOnlyList<(Guid Id, bool Group)> customers)
    {
        ArgumentNullException.ThrowIfNull(customers);
        var alone = customers.Where(customer => !customer.Group).Select(customer => customer.Id).ToList();
        var groups = customers.Where(customer => customer.Group).Select(customer => new List<Guid> { customer.Id });
        return alone.Count == 0 ? groups : groups.Prepend(alone);
    }

    private async Task<List<(Guid Id, bool Group)>> NextAsync(
        StatementRunStarted run, Guid after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid Id, bool Group)>(new CommandDefinition(
            Next,
            new
            {
                run.LegalEntity,
                cycle = run.Cycle.ToString(),
                knownAt = run.KnownAt.ToUniversalTime(),
                after,
                atOnce = AtOnce,
            }, cancellationToken: cancellation))).AsList();
    }

    /// <summary>
    /// Makes these statements; where that fails, customer by customer, so that one that cannot be told anything keeps
    /// none of the others waiting.
    /// </summary>
    private async Task<StatementRunFinished> MakeAsync(
        List<Guid> customers, StatementRunStarted run, StatementPaper paper, StoredEvent started,
        CancellationToken cancellation)
    {
        try
        {
            return await TryAsync(customers, run, paper, started, cancellation);
        }
        catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
        {
            if (customers is [var alone])
            {
                LogFailed(log, alone, started.StreamId, error);
                return None with { Failed = 1 };
            }

            var counts = None;
            foreach (var one in customers)
                counts += await MakeAsync([one], run, paper, started, cancellation);
            return counts;
        }
    }

    /// <summary>
    /// Another run may make one of them at the same time; whoever commits second finds it made and looks again.
    /// </summary>
    private async Task<StatementRunFinished> TryAsync(
        List<Guid> customers, StatementRunStarted run, StatementPaper paper, StoredEvent started,
        CancellationToken cancellation)
    {
        var counts = None;
        var result = await store.CommitAsync(
            async token =>
            {
                var batch = new WriteBatch(Metadata(started));
                var (open, found) = await SubjectsAsync(customers, run, started.StreamId, token);
                counts = found;
                var contents = await reader.ReadAsync(open, run.From, run.To, run.KnownAt, token);
                var closed = await ClosedAddresses.ReadAsync(store.Database, [.. customers], token);
                foreach (var (subject, content) in open.Zip(contents))
                {
                    if (!content.SaysAnything)
                    {
                        counts += None with { Nothing = 1 };
                        continue;
                    }

                    var id = StatementStream.Id(content.CustomerId, run.Cycle, run.To);
                    maker.Add(batch, id, content, subject.Customer, paper, closed);
                    counts += None with { Made = 1 };
                }

                return batch;
            },
            cancellation);
        return result.IsCommitted
            ? counts
            : throw new InvalidOperationException($"Statements were not kept: {result.Status} {result.Constraint}");
    }

    /// <summary>Customers without this statement, and how many have it: made by this run, or before.</summary>
    private async Task<(List<StatementSubject> Open, StatementRunFinished Found)> SubjectsAsync(
        List<Guid> customers, StatementRunStarted run, Guid runId, CancellationToken cancellation)
    {
        var made = await MadeAsync(
            [.. customers.Select(id => StatementStream.Id(id, run.Cycle, run.To))], cancellation);
        var (open, found) = (new List<StatementSubject>(customers.Count), None);
        foreach (var id in customers)
        {
            if (made.TryGetValue(StatementStream.Id(id, run.Cycle, run.To), out var by))
            {
                found += by == runId ? None with { Made = 1 } : None with { MadeBefore = 1 };
                continue;
            }

            var customer = (await store.LoadAsync(CustomerStream.Type, id, cancellation)).State.Now!;
            var preference = customer.Statements ?? StatementPreference.Standard;
            open.Add(new StatementSubject(id, customer, preference.OutstandingOnly, preference.Group));
        }

        return (open, found);
    }

    private async Task<Dictionary<Guid, Guid?>> MadeAsync(Guid[] statements, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid Id, Guid? RunId)>(new CommandDefinition(
            "select statement_id, run_id from statements where statement_id = any(@statements)", new { statements },
            cancellationToken: cancellation)))
            .ToDictionary(made => made.Id, made => made.RunId);
    }

    private static EventMetadata Metadata(StoredEvent started) => new(
        started.Metadata.By, started.Metadata.CorrelationId, started.Id.ToString(),
        TraceParent: started.Metadata.TraceParent);

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.statement.failed",
        Message = "The statement of customer {CustomerId} in run {RunId} could not be made")]
    private static partial void LogFailed(ILogger log, Guid customerId, Guid runId, Exception error);
}
