using System.Runtime.ExceptionServices;
using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Carries out runs that have started, about a hundred rests to a transaction with what became of each. It follows the
/// log, so one instance does it; after a crash another goes on behind the last rest that was dealt with.
/// </summary>
public sealed class WriteOffRunner(EventStore store, AccountingCalendars calendars) : ISubscription
{
    private const int AtOnce = 100;

    private const string Pending =
        "select distinct invoice_id, installment from expected_payments " +
        "where invoice_id = any(@invoiceIds)";

    /// <inheritdoc/>
    public string Name => "WriteOffRunner:All";

    /// <inheritdoc/>
    public int PageSize => 1_000;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(WriteOffRunStarted)];

    /// <summary>
    /// Carries out all runs of the page. One that fails keeps none of the others waiting; then the page is read again,
    /// of which the others are finished.
    /// </summary>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        ExceptionDispatchInfo? failed = null;
        foreach (var started in events.Where(e => e.Data is WriteOffRunStarted))
        {
            try
            {
                while (await AdvanceAsync(started, cancellation))
                {
                    // The next rests are a transaction of their own.
                }
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                failed ??= ExceptionDispatchInfo.Capture(error);
            }
        }

        failed?.Throw();
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
        var context = WriteOffRunDecider.Posting(run, started.At, calendars.Context(run.LegalEntity));
        var (policy, _) = await store.LoadAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(run.LegalEntity), cancellation);
        var limit = policy.SmallBalanceIn(run.Limit.Currency);
        var awaited = await PendingAsync(rests, cancellation);
        var credits = await SmallRests.CreditsWaitingAsync(
            store.Database, [.. rests.Select(rest => rest.InvoiceId).Distinct()], cancellation);
        var outcomes = new List<RestOutcome>(rests.Count);
        foreach (var ofInvoice in rests.GroupBy(rest => rest.InvoiceId))
        {
            var loaded = await store.LoadAsync(InvoiceStream.Type, ofInvoice.Key, cancellation);
            var family = await InvoiceFamily.LoadAsync(store, ofInvoice.Key, loaded, cancellation);
            var isTouched = await IsTouchedAsync(ofInvoice.First(), loaded.Version, cancellation)
                || await IsMoreLostAsync(ofInvoice.First(), family, started.StreamId, run, cancellation);
            var (become, events) = WriteOffRunDecider.GiveUp(
                started.StreamId, [.. ofInvoice], loaded.State, isTouched, credits.Contains(ofInvoice.Key),
                awaited[ofInvoice.Key].ToHashSet(), limit, context);
            outcomes.AddRange(become);
            if (events.Count > 0)
                family.Guard(batch).Append(InvoiceStream.Type, ofInvoice.Key, loaded.Version, events);
        }

        return outcomes;
    }

    private async Task<bool> IsTouchedAsync(SmallRest rest, long version, CancellationToken cancellation) =>
        version != rest.Version && (await store.HistoryAsync(rest.InvoiceId, cancellation))
            .Any(e => e.Version > rest.Version && WriteOffRunDecider.Touches(e.Data));

    /// <summary>
    /// Whether more was written off of the invoice and its chargebacks, but by this run, than the run was judged by.
    /// </summary>
    private async Task<bool> IsMoreLostAsync(
        SmallRest rest, InvoiceFamily family, Guid runId, WriteOffRunRequested run, CancellationToken cancellation)
    {
        var before = rest.LostBefore ?? Money.Zero(rest.Rest.Currency);
        var lost = family.Sum(one => Money.Sum(one.WrittenOff.Values, one.Currency));
        if (lost <= before)
            return false;
        var byRun = run.Items.Select(item => WriteOffRunDecider.WriteOffOf(runId, item)).ToHashSet();
        foreach (var id in family.Ids)
        {
            var history = await store.HistoryAsync(id, cancellation);
            lost -= WriteOffRunDecider.WrittenOffBy(byRun, history.Select(e => e.Data), lost.Currency);
        }

        return lost > before;
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
