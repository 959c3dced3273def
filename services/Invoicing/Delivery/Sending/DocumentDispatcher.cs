using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>
/// Sees to it that what is issued is mailed to customers that want it so, or whose legal entity does and who have not
/// said otherwise. It follows the log, so one instance does it, and what it comes across again after a crash is queued
/// already. What another system has billed was sent by that system.
/// </summary>
public sealed class DocumentDispatcher(EventStore store, BilledCustomers customers) : ISubscription
{
    /// <inheritdoc/>
    public string Name => "DocumentDispatcher:All";

    /// <inheritdoc/>
    public int PageSize => 500;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(InvoiceIssued), typeof(CreditMemoIssued)];

    /// <inheritdoc/>
    public TimeSpan Rest { get; } = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var issued = events.Select(e => (Event: e, Document: Issued.Of(e.Data)))
            .Where(one => one.Document is { Imported: false }).ToList();
        if (issued.Count == 0)
            return [];
        var policies = await PoliciesAsync(issued.Select(one => one.Document!.LegalEntity).Distinct(), cancellation);
        var choices = await ChoicesAsync(
            [.. issued.Select(one => one.Document!.CustomerId).Distinct()], cancellation);
        foreach (var (e, document) in issued)
        {
            if (choices.TryGetValue(document!.CustomerId, out var wants) ? wants : policies[document.LegalEntity])
                await QueueAsync(e, document, cancellation);
        }

        return [];
    }

    private async Task QueueAsync(StoredEvent e, Issued document, CancellationToken cancellation)
    {
        foreach (var mail in await customers.MailsAsync(
            e.StreamId, document.Kind, document.Number, document.CustomerId, cancellation))
        {
            await store.DecideAsync(
                DocumentDeliveryStream.Type, DocumentDeliveryStream.Id(mail.DocumentId, mail.ContactId),
                new EventMetadata(
                    "invoicing", e.Metadata.CorrelationId, e.Id.ToString(), TraceParent: e.Metadata.TraceParent),
                delivery => DocumentDeliveryDecider.Queue(delivery, mail), cancellation: cancellation);
        }
    }

    /// <summary>Which of the legal entities mail their invoices.</summary>
    private async Task<Dictionary<string, bool>> PoliciesAsync(
        IEnumerable<string> legalEntities, CancellationToken cancellation)
    {
        var policies = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var code in legalEntities)
        {
            var (policy, _) = await store.LoadAsync(
                AutomationPolicyStream.Type, AutomationPolicyStream.Id(code), cancellation);
            policies[code] = policy.Definition?.MailInvoices == true;
        }

        return policies;
    }

    /// <summary>What those customers want that have said so; of a duplicate what its survivor wants.</summary>
    private async Task<Dictionary<Guid, bool>> ChoicesAsync(Guid[] customerIds, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select c.customer_id, (w.invoices->>'Mail')::boolean from customers c " +
            "join customers w on w.customer_id = coalesce(c.merged_into, c.customer_id) " +
            "where c.customer_id = any($1) and w.invoices is not null");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customerIds });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var choices = new Dictionary<Guid, bool>();
        while (await reader.ReadAsync(cancellation))
            choices[reader.GetGuid(0)] = reader.GetBoolean(1);
        return choices;
    }

    /// <summary>What matters of an issued document here.</summary>
    private sealed record Issued(
        DeliveredDocument Kind, string Number, string LegalEntity, Guid CustomerId, bool Imported)
    {
        public static Issued? Of(object e) => e switch
        {
            InvoiceIssued invoice => new(
                DeliveredDocument.Invoice, invoice.Number, invoice.Books.LegalEntity, invoice.CustomerId,
                invoice.Imported),
            CreditMemoIssued memo => new(
                DeliveredDocument.CreditMemo, memo.Number, memo.Books.LegalEntity, memo.CustomerId, memo.Imported),
            _ => null,
        };
    }
}
