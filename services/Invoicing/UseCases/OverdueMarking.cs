using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Finds the installments whose due date has passed where their legal entity is. Each invoice is decided on and written
/// at the version it was seen at: so any number of instances mark it once, what is paid meanwhile is not marked, and
/// days in which nothing ran are made up for.
/// </summary>
public sealed class OverdueMarking(EventStore store, TimeProvider clock)
{
    /// <summary>Looked for and written together.</summary>
    private const int InvoicesAtOnce = 200;

    /// <summary>Installments of a legal entity after this one, longest overdue first.</summary>
    private const string Passed =
        """
        select invoice_id, due_date from open_items
        where legal_entity = @legalEntity and due_date < @today
            and balance > 0 and passed_due_date is distinct from due_date
            and (due_date, invoice_id) > (@dueDate, @invoiceId)
        order by due_date, invoice_id limit @limit
        """;

    /// <summary>Marks what has passed, of one legal entity or of all; gives how many invoices it marked.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two writes; nothing is half done.</param>
    public async Task<int> MarkAsync(
        EventMetadata metadata, string? legalEntity, Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var marked = 0;
        foreach (var (code, timeZone) in await EntityClocks.ReadAsync(store.Database, legalEntity, cancellation))
        {
            var today = clock.Today(timeZone);
            var after = (Id: Guid.Empty, DueDate: DateOnly.MinValue);
            while (await PassedAsync(code, today, after, cancellation) is { Count: > 0 } passed)
            {
                marked += await TryAsync(
                    [.. passed.Select(one => one.Id).Distinct()], today, metadata, attempt, cancellation);
                after = passed[^1];
            }
        }

        return marked;
    }

    private async Task<int> TryAsync(
        List<Guid> passed, DateOnly today, EventMetadata metadata, Attempt attempt, CancellationToken cancellation)
    {
        try
        {
            return await MarkAsync(passed, today, metadata, cancellation);
        }
        catch (Exception error) when (
            !cancellation.IsCancellationRequested && CommitResult.MayBePassedOver(error))
        {
            return await OneByOneAsync(passed, today, metadata, attempt, cancellation);
        }
    }

    /// <summary>One that cannot be marked keeps none of the others waiting.</summary>
    private async Task<int> OneByOneAsync(
        List<Guid> passed, DateOnly today, EventMetadata metadata, Attempt attempt, CancellationToken cancellation)
    {
        var marked = 0;
        foreach (var one in passed)
        {
            await attempt(
                $"Marking of invoice {one} as overdue",
                async () => marked += await MarkAsync([one], today, metadata, cancellation), cancellation);
        }

        return marked;
    }

    private async Task<int> MarkAsync(
        List<Guid> passed, DateOnly today, EventMetadata metadata, CancellationToken cancellation)
    {
        var marked = 0;
        var result = await store.CommitAsync(
            async token =>
            {
                marked = 0;
                var batch = new WriteBatch(metadata);
                foreach (var id in passed)
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

    private async Task<List<(Guid Id, DateOnly DueDate)>> PassedAsync(
        string legalEntity, DateOnly today, (Guid Id, DateOnly DueDate) after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid Id, DateOnly DueDate)>(new CommandDefinition(
            Passed,
            new { legalEntity, today, dueDate = after.DueDate, invoiceId = after.Id, limit = InvoicesAtOnce },
            cancellationToken: cancellation))).AsList();
    }
}
