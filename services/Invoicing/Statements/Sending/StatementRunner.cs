using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>
/// Makes the statements of a run, a hundred customers to a transaction. It follows the log, so one instance does it,
/// and after a crash it begins the run again: a customer whose statement is made already is passed over.
/// </summary>
public sealed class StatementRunner(EventStore store, StatementReader reader, StatementMaker maker) : ISubscription
{
    private const int AtOnce = 100;

    /// <summary>Customers that want this cycle, in the order of their identifiers.</summary>
    private const string Next =
        """
        select c.customer_id from customers c
        where c.legal_entity = @legalEntity and c.merged_into is null and c.customer_id > @after
            and coalesce(c.statements->>'Cycle', 'Monthly') = @cycle
        order by c.customer_id limit @atOnce
        """;

    /// <inheritdoc/>
    public string Name => "StatementRunner:All";

    /// <inheritdoc/>
    public int PageSize => 1_000;

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
        var (run, version) = await store.LoadAsync(StatementRunStream.Type, started.StreamId, cancellation);
        if (run.Finished is not null)
            return;
        var wanted = (StatementRunStarted)started.Data;
        var (letterhead, country) = await reader.LetterheadAsync(wanted.LegalEntity, wanted.KnownAt, cancellation);
        var paper = new StatementPaper(letterhead, country, wanted.Pdf, started.StreamId);
        var (counts, after) = (new StatementRunFinished(0, 0, 0), Guid.Empty);
        while (await NextAsync(wanted, after, cancellation) is { Count: > 0 } customers)
        {
            var made = await MakeAsync(customers, wanted, paper, started, cancellation);
            counts = new StatementRunFinished(
                counts.Made + made.Made, counts.MadeBefore + made.MadeBefore, counts.Nothing + made.Nothing);
            after = customers[^1];
        }

        await store.CommitAsync(
            new WriteBatch(Metadata(started)).Append(StatementRunStream.Type, started.StreamId, version, [counts]),
            cancellation);
    }

    private async Task<List<Guid>> NextAsync(StatementRunStarted run, Guid after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(
            Next, new { run.LegalEntity, cycle = run.Cycle.ToString(), after, atOnce = AtOnce })).AsList();
    }

    /// <summary>
    /// Another run may make one of them at the same time; whoever commits second finds it made and looks again.
    /// </summary>
    private async Task<StatementRunFinished> MakeAsync(
        List<Guid> customers, StatementRunStarted run, StatementPaper paper, StoredEvent started,
        CancellationToken cancellation)
    {
        var counts = new StatementRunFinished(0, 0, 0);
        await store.CommitAsync(
            async token =>
            {
                var (batch, made) = (new WriteBatch(Metadata(started)), 0);
                var subjects = await SubjectsAsync(customers, run, token);
                foreach (var content in await reader.ReadAsync(subjects.Open, run.From, run.To, run.KnownAt, token))
                {
                    if (!content.SaysAnything)
                        continue;
                    var customer = subjects.Open.First(one => one.CustomerId == content.CustomerId).Customer;
                    maker.Add(
                        batch, StatementStream.Id(content.CustomerId, run.Cycle, run.To), content, customer, paper);
                    made++;
                }

                counts = new StatementRunFinished(made, subjects.MadeBefore, subjects.Open.Count - made);
                return batch;
            },
            cancellation);
        return counts;
    }

    private async Task<(List<StatementSubject> Open, int MadeBefore)> SubjectsAsync(
        List<Guid> customers, StatementRunStarted run, CancellationToken cancellation)
    {
        var made = await MadeAsync(
            [.. customers.Select(id => StatementStream.Id(id, run.Cycle, run.To))], cancellation);
        var open = new List<StatementSubject>(customers.Count);
        foreach (var id in customers)
        {
            if (made.Contains(StatementStream.Id(id, run.Cycle, run.To)))
                continue;
            var customer = (await store.LoadAsync(CustomerStream.Type, id, cancellation)).State.Now!;
            open.Add(new StatementSubject(
                id, customer, (customer.Statements ?? StatementPreference.Standard).OutstandingOnly));
        }

        return (open, customers.Count - open.Count);
    }

    private async Task<HashSet<Guid>> MadeAsync(Guid[] statements, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<Guid>(
            "select statement_id from statements where statement_id = any(@statements)", new { statements })];
    }

    private static EventMetadata Metadata(StoredEvent started) => new(
        started.Metadata.By, started.Metadata.CorrelationId, started.Id.ToString(),
        TraceParent: started.Metadata.TraceParent);
}
