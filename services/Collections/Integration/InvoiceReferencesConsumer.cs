using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps by which orders invoices may be grouped. They are what they were when it was issued, so it is told once, and a
/// second time says the same.
/// </summary>
public sealed class InvoiceReferencesConsumer(Inbox inbox) : IConsumer<InvoiceIssued>
{
    public const string Queue = "collections-invoice-references";

    private const string Insert =
        "insert into invoice_references (invoice_id, purchase_order, order_reference) values ($1, $2, $3) " +
        "on conflict do nothing";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceIssued> context)
    {
        var issued = context.Message;
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = issued.InvoiceId });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Named(issued.PurchaseOrder) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Named(issued.OrderReference) });
        return inbox.WriteAsync(context, command);
    }

    /// <summary>Blanks around a number are nobody's number, and nothing but blanks is none.</summary>
    private static string? Named(string? reference) =>
        string.IsNullOrWhiteSpace(reference) ? null : reference.Trim();
}
