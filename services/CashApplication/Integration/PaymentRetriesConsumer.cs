using MassTransit;
using Npgsql;
using OrderToCash.CashApplication.Presentations;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Keeps what Collections wants presented again, and which word of it is over because the customer's overdue state has
/// moved on. Both come from one stream, so the newer version tells, in whatever order they come. Collections' holds are
/// kept beside them: it asks for nothing while one lasts, and what it asked before must not be presented either.
/// </summary>
public sealed class PaymentRetriesConsumer(Inbox inbox)
    : IConsumer<PaymentRetryRequested>, IConsumer<OverdueStateChanged>, IConsumer<DunningHoldPlaced>,
        IConsumer<DunningHoldEnded>
{
    private const string Upsert =
        "insert into payment_retries as r (id, customer_id, currency, legal_entity, state, attempt, amount, " +
        "asked_at, version) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) " +
        "on conflict (id) do update set legal_entity = excluded.legal_entity, state = excluded.state, " +
        "attempt = excluded.attempt, amount = excluded.amount, asked_at = excluded.asked_at, " +
        "version = excluded.version where excluded.version >= r.version";

    private const string Move =
        "insert into overdue_states as o (customer_id, state, version) select * from unnest($1, $2, $3) " +
        "on conflict (customer_id) do update set state = excluded.state, version = excluded.version " +
        "where excluded.version >= o.version";

    private const string Hold =
        "insert into contact_holds as h (id, customer_id, kind, invoice_id, installment, until, version) " +
        "select id, customer_id, kind, invoice_id, installment, coalesce(until, 'infinity'), version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7) " +
        "as x (id, customer_id, kind, invoice_id, installment, until, version) " +
        "on conflict (id) do update set until = excluded.until, version = excluded.version, is_over = false " +
        "where excluded.version >= h.version";

    private const string End =
        "insert into contact_holds as h (id, customer_id, kind, until, version, is_over) " +
        "select id, customer_id, kind, 'infinity', version, true " +
        "from unnest($1, $2, $3, $4) as x (id, customer_id, kind, version) " +
        "on conflict (id) do update set version = excluded.version, is_over = true where excluded.version >= h.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PaymentRetryRequested> context)
    {
        var asked = context.Message;
        var (version, at) = (context.StreamVersion(), context.HappenedAt());
        return inbox.WriteAsync(context, new SqlRows<MoneyAmount>()
            .Column(balance => Presentation.IdOf(asked.CustomerId, balance.Currency))
            .Column(_ => asked.CustomerId)
            .Column(balance => balance.Currency)
            .Column(_ => asked.LegalEntity)
            .Column(_ => asked.State)
            .Column(_ => asked.Attempt)
            .Column(balance => balance.ToMoney().Amount)
            .Column(_ => at)
            .Column(_ => version)
            .Command(Upsert, [.. asked.Balances.Where(balance => balance.Amount > 0)]));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<OverdueStateChanged> context)
    {
        var version = context.StreamVersion();
        return inbox.WriteAsync(context, new SqlRows<OverdueStateChanged>()
            .Column(changed => changed.CustomerId)
            .Column(changed => changed.To)
            .Column(_ => version)
            .Command(Move, [context.Message]));
    }

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
            .Column(hold => hold.Until)
            .Column(_ => version)
            .Command(Hold, [context.Message]));
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
