using MassTransit;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps what Collections holds back (<see cref="ReadModels.DunningHolds"/>). The newest word of a hold counts by its
/// version, so they may come twice and in any order. A hold that ends on another day is told anew.
/// </summary>
public sealed class HoldsConsumer(Inbox inbox) : IConsumer<DunningHoldPlaced>, IConsumer<DunningHoldEnded>
{
    public const string Queue = "invoicing-holds";

    private const string Place =
        "insert into dunning_holds as h (hold_id, customer_id, kind, invoice_id, installment, amount, currency, " +
        "until, is_over, version) select id, customer, kind, invoice, installment, amount, currency, " +
        "until, false, version from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) " +
        "as x (id, customer, kind, invoice, installment, amount, currency, until, version) " +
        "on conflict (hold_id) do update set invoice_id = excluded.invoice_id, installment = excluded.installment, " +
        "amount = excluded.amount, currency = excluded.currency, until = excluded.until, is_over = false, " +
        "version = excluded.version where excluded.version >= h.version";

    private const string End =
        "insert into dunning_holds as h (hold_id, customer_id, kind, is_over, version) " +
        "select id, customer, kind, true, version from unnest($1, $2, $3, $4) " +
        "as x (id, customer, kind, version) on conflict (hold_id) do update set is_over = true, " +
        "version = excluded.version where excluded.version >= h.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<DunningHoldPlaced> context)
    {
        var version = context.StreamVersion();
        return inbox.WriteAsync(context, new SqlRows<DunningHoldPlaced>()
            .Column(hold => hold.HoldId)
            .Column(hold => hold.CustomerId)
            .Column(hold => hold.Kind)
            .Column(hold => hold.InvoiceId)
            .Column(hold => hold.Installment)
            .Column(hold => hold.Amount?.ToMoney().Amount)
            .Column(hold => hold.Amount?.Currency)
            .Column(hold => hold.Until)
            .Column(_ => version)
            .Command(Place, [context.Message]));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<DunningHoldEnded> context)
    {
        var version = context.StreamVersion();
        return inbox.WriteAsync(context, new SqlRows<DunningHoldEnded>()
            .Column(hold => hold.HoldId)
            .Column(hold => hold.CustomerId)
            .Column(hold => hold.Kind)
            .Column(_ => version)
            .Command(End, [context.Message]));
    }
}
