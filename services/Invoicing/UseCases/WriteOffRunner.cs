using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.WriteOffs;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Carries out runs that have started, about a hundred rests to a transaction with what became of each. It follows the
/// log, so one instance does it; after a crash another goes on behind the last rest that was dealt with.
/// </summary>
public sealed class WriteOffRunner(EventStore store, AccountingCalendars calendars) : ISubscription
{
    private const int AtOnce = 100;

    private const string Pending =
        "select distinct invoice_id, installment from pending_payments " +
        "where pending and invoice_id = any(@invoiceIds)";

    /// <inheritdoc/>
    public string Name => "WriteOffRunner:All";

    /// <inheritdoc/>
    public int PageSize => 1_000;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(WriteOffRunStarted)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        foreach (var started in events.Where(e => e.Data is WriteOffRunStarted))
        {
            while (await AdvanceAsync(started, cancellation))
            {
                // The next rests are a transaction of their own.
            }
        }

        return [];
    }

    /// <summary>Deals with the next rests; false when none is left.</summary>
    private async Task<bool> AdvanceAsync(StoredEvent started, CancellationToken cancellation)
    {
        var isAdvanced = false;
        var result = await store.CommitAsync(
            async token =>
            {
                var (run, version) = await store.LoadAsync(WriteOffRunStream.Type, started.StreamId, token);
                var batch = new WriteBatch(Metadata(started, run.Requested!));
                var next = run.Next(AtOnce);
                isAdvanced = next.Count > 0;
                if (isAdvanced)
                {
                    var outcomes = await AddAsync(batch, started, run.Requested!, next, token);
                    batch.Append(
                        WriteOffRunStream.Type, started.StreamId, version, [new WriteOffRunAdvanced(outcomes)]);
                }

                return batch;
            },
            cancellation);
        return result.IsCommitted ? isAdvanced : throw new InvalidOperationException(
            $"Rests of run {started.StreamId} were not written off: {result.Status} {result.Constraint}");
    }

    private async Task<List<RestOutcome>> AddAsync(
        WriteBatch batch, StoredEvent started, WriteOffRunRequested run, IReadOnlyList<SmallRest> rests,
        CancellationToken cancellation)
    {
        await calendars.RefreshAsync(cancellation);
        var context = Posting(run, started.At);
        var (policy, _) = await store.LoadAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(run.LegalEntity), cancellation);
        var limit = policy.SmallBalanceIn(run.Limit.Currency);
        var awaited = await PendingAsync(rests, cancellation);
        var outcomes = new List<RestOutcome>(rests.Count);
        foreach (var ofInvoice in rests.GroupBy(rest => rest.InvoiceId))
        {
            var loaded = await store.LoadAsync(InvoiceStream.Type, ofInvoice.Key, cancellation);
            var isTouched = await IsTouchedAsync(ofInvoice.First(), loaded.Version, cancellation);
            var (become, events) = WriteOffRunDecider.GiveUp(
                started.StreamId, [.. ofInvoice], loaded.State, isTouched, awaited[ofInvoice.Key].ToHashSet(), limit,
                context);
            outcomes.AddRange(become);
            if (events.Count == 0)
                continue;
            var family = await InvoiceFamily.LoadAsync(store, ofInvoice.Key, loaded, cancellation);
            family.Guard(batch).Append(InvoiceStream.Type, ofInvoice.Key, loaded.Version, events);
        }

        return outcomes;
    }

    private async Task<bool> IsTouchedAsync(SmallRest rest, long version, CancellationToken cancellation) =>
        version != rest.Version && (await store.HistoryAsync(rest.InvoiceId, cancellation))
            .Any(e => e.Version > rest.Version && WriteOffRunDecider.Touches(e.Data));

    /// <summary>
    /// On the day that was asked for; where that was closed meanwhile, today or on the next open day. It was not after
    /// today when the run started, whatever the clock of this instance says.
    /// </summary>
    private PostingContext Posting(WriteOffRunRequested run, DateTimeOffset startedAt)
    {
        var context = calendars.Context(run.LegalEntity);
        var isOpen = context.Calendar.Refuse(run.PostingDate, "/postingDate") is null;
        return context with
        {
            Now = startedAt > context.Now ? startedAt : context.Now,
            Wanted = isOpen ? run.PostingDate : null,
        };
    }

    /// <summary>Installments of each invoice that payments on their way are to pay.</summary>
    private async Task<ILookup<Guid, int>> PendingAsync(
        IReadOnlyList<SmallRest> rests, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid InvoiceId, int Installment)>(new CommandDefinition(
            Pending, new { invoiceIds = rests.Select(rest => rest.InvoiceId).Distinct().ToArray() },
            cancellationToken: cancellation)))
            .ToLookup(row => row.InvoiceId, row => row.Installment);
    }

    /// <summary>In the history of an invoice its write-off names the run.</summary>
    private static EventMetadata Metadata(StoredEvent started, WriteOffRunRequested run) => new(
        started.Metadata.By, started.Metadata.CorrelationId, started.Id.ToString(),
        $"{run.Reason} (write-off run {started.StreamId})", started.Metadata.TraceParent);
}
