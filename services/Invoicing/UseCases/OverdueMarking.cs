using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Finds the installments whose due date has passed where their legal entity is. Each invoice is decided on and written
/// at the version it was seen at: so any number of instances mark it once, what is paid meanwhile is not marked, and
/// days in which nothing ran are made up for.
/// </summary>
public sealed partial class OverdueMarking(EventStore store, TimeProvider clock, ILogger<OverdueMarking> log)
{
    /// <summary>Written together; the next go takes the next.</summary>
    private const int InvoicesAtOnce = 200;

    /// <summary>Longest overdue first, with the day it is there.</summary>
    private const string Passed =
        """
        select distinct p.invoice_id, d.today
        from legal_entities e
        cross join lateral (select (@now at time zone e.time_zone)::date as today) d
        cross join lateral (
            select o.invoice_id from open_items o
            where o.legal_entity = e.code and o.due_date < d.today
                and o.balance > 0 and o.passed_due_date is distinct from o.due_date
            order by o.due_date limit @limit) p
        where @legalEntity::text is null or e.code = @legalEntity
        limit @limit
        """;

    /// <summary>Marks what has passed, of one legal entity or of all; gives how many invoices it marked.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="cancellation">Stops between two writes; nothing is half done.</param>
    public async Task<int> MarkAsync(EventMetadata metadata, string? legalEntity, CancellationToken cancellation)
    {
        var passed = await PassedAsync(legalEntity, cancellation);
        try
        {
            return await MarkAsync(passed, metadata, cancellation);
        }
        catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
        {
            return await OneByOneAsync(passed, metadata, cancellation);
        }
    }

    /// <summary>One that cannot be marked keeps none of the others waiting.</summary>
    private async Task<int> OneByOneAsync(
        List<(Guid Id, DateOnly Today)> passed, EventMetadata metadata, CancellationToken cancellation)
    {
        var marked = 0;
        foreach (var one in passed)
        {
            try
            {
                marked += await MarkAsync([one], metadata, cancellation);
            }
            catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
            {
                LogFailed(log, one.Id, error);
            }
        }

        return marked;
    }

    private async Task<int> MarkAsync(
        List<(Guid Id, DateOnly Today)> passed, EventMetadata metadata, CancellationToken cancellation)
    {
        var marked = 0;
        var result = await store.CommitAsync(
            async token =>
            {
                marked = 0;
                var batch = new WriteBatch(metadata);
                foreach (var (id, today) in passed)
                {
                    var (invoice, version) = await store.LoadAsync(InvoiceStream.Type, id, token);
                    var decision = OverdueDecider.Mark(invoice, today);
                    batch.Append(InvoiceStream.Type, id, version, decision.Events);
                    marked += decision.Events.Count > 0 ? 1 : 0;
                }

                return batch;
            },
            cancellation);
        return result.IsCommitted
            ? marked
            : throw new InvalidOperationException($"Invoices were not marked: {result.Status} {result.Constraint}");
    }

    private async Task<List<(Guid Id, DateOnly Today)>> PassedAsync(
        string? legalEntity, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid Id, DateOnly Today)>(new CommandDefinition(
            Passed, new { now = clock.GetUtcNow(), legalEntity, limit = InvoicesAtOnce },
            cancellationToken: cancellation))).AsList();
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.overdue.failed",
        Message = "Invoice {InvoiceId} could not be marked as overdue")]
    private static partial void LogFailed(ILogger log, Guid invoiceId, Exception error);
}
