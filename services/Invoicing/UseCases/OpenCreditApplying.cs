using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Settles a customer's open items with its open credit memos: the oldest credit first, against what is due first in
/// its currency. What was merged is one customer. One transaction; a customer with more of either than it holds is
/// finished by asking again.
/// </summary>
/// <param name="store">Where both are.</param>
/// <param name="clock">Gives identifiers their time.</param>
internal sealed class OpenCreditApplying(EventStore store, TimeProvider clock)
{
    /// <summary>Streams per transaction, side and currency.</summary>
    private const int MaxDocuments = 100;

    /// <summary>With a day, only those that are left to no person and not dated after it.</summary>
    private const string Credits =
        """
        select credit_memo_id from (
            select credit_memo_id, credit_date, number,
                row_number() over (partition by currency order by credit_date, number) as place
            from credit_memos
            where customer_id = any(@ids) and open_amount > 0 and open_amount > reserved
                and (@datedBy::date is null or (credit_date <= @datedBy and not taken_back))) m
        where place <= @limit order by credit_date, number
        """;

    /// <summary>
    /// What is disputed is left alone, its credit may come from the dispute; and what a pending payment is to pay, or
    /// the payment would find nothing to pay, until a while after it has come. Of an invoice they are other slices, so
    /// both are taken off.
    /// </summary>
    private const string Items =
        """
        select invoice_id from (
            select o.invoice_id, min(o.due_date) as due_date,
                row_number() over (partition by o.currency order by min(o.due_date), o.invoice_id) as place
            from open_items o
            cross join lateral (
                select coalesce(sum(p.amount), 0) as amount from expected_payments p
                where p.invoice_id = o.invoice_id and p.installment = o.installment) expected
            where o.customer_id = any(@ids) and o.balance > 0 and o.balance > o.disputed + expected.amount
                and o.currency in (
                    select currency from credit_memos where customer_id = any(@ids) and open_amount > reserved)
            group by o.invoice_id, o.currency) i
        where place <= @limit order by due_date, invoice_id
        """;

    private const string Pending =
        "select invoice_id, installment, sum(amount) from expected_payments " +
        "where invoice_id = any(@invoiceIds) group by invoice_id, installment";

    /// <summary>What to write, and what it settles.</summary>
    /// <param name="customerId">The customer, or one that is one with it.</param>
    /// <param name="datedBy">Only credit memos that may be applied by themselves by this date; null for all.</param>
    /// <param name="context">When, and which days are open.</param>
    /// <param name="metadata">Who, and why.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<(WriteBatch Batch, IReadOnlyList<ApplyOpenCredits.Application> Applied)> PlanAsync(
        Guid customerId, DateOnly? datedBy, PostingContext context, EventMetadata metadata,
        CancellationToken cancellation)
    {
        var account = await CustomerGroups.OfAsync(store.Database, customerId, cancellation);
        var (memoIds, invoiceIds, pending) = await FindAsync(account, datedBy, cancellation);
        var invoices = new Dictionary<Guid, Touched>();
        foreach (var invoiceId in invoiceIds)
            invoices[invoiceId] = new(await store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation));
        var batch = new WriteBatch(metadata);
        var applied = new List<ApplyOpenCredits.Application>();
        foreach (var memoId in memoIds)
        {
            var (memo, version) = await store.LoadAsync(CreditMemoStream.Type, memoId, cancellation);
            var settlement = new CreditSettlement(memoId, memo, context, () => Ids.Next(clock), account);
            foreach (var (invoiceId, invoice) in invoices.Where(one => one.Value.State.Currency == memo.Open.Currency))
                invoice.Add(settlement.Settle(invoiceId, invoice.State, spared: Spared(invoiceId, pending)));
            batch.Append(CreditMemoStream.Type, memoId, version, settlement.MemoEvents);
            applied.AddRange(settlement.MemoEvents.Cast<CreditMemoApplied>().Select(one =>
                new ApplyOpenCredits.Application(
                    memoId, memo.Issued!.Number, one.InvoiceId, one.InvoiceNumber, one.Installment, one.Amount)));
        }

        foreach (var (invoiceId, invoice) in invoices)
            batch.Append(InvoiceStream.Type, invoiceId, invoice.Version, invoice.Events);
        return (batch, applied);
    }

    /// <summary>What of an installment no credit settles by itself.</summary>
    private static Func<Invoice, int, Money> Spared(
        Guid invoiceId, Dictionary<(Guid InvoiceId, int Installment), decimal> pending) => (invoice, installment) =>
        invoice.DisputedOn(installment)
        + Money.Of(pending.GetValueOrDefault((invoiceId, installment)), invoice.Currency);

    private async Task<(List<Guid> Memos, List<Guid> Invoices, Dictionary<(Guid, int), decimal> Pending)> FindAsync(
        IReadOnlySet<Guid> account, DateOnly? datedBy, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var parameters = new { ids = account.ToArray(), limit = MaxDocuments, datedBy };
        var memoIds = (await connection.QueryAsync<Guid>(new CommandDefinition(
            Credits, parameters, cancellationToken: cancellation))).AsList();
        var invoiceIds = (await connection.QueryAsync<Guid>(new CommandDefinition(
            Items, parameters, cancellationToken: cancellation))).AsList();
        var pending = (await connection.QueryAsync<(Guid InvoiceId, int Installment, decimal Amount)>(
            new CommandDefinition(
            Pending, new { invoiceIds }, cancellationToken: cancellation)))
            .ToDictionary(row => (row.InvoiceId, row.Installment), row => row.Amount);
        return (memoIds, invoiceIds, pending);
    }

    private sealed class Touched(Loaded<Invoice> loaded)
    {
        private readonly List<object> _events = [];

        public Invoice State { get; private set; } = loaded.State;

        public long Version => loaded.Version;

        public IReadOnlyList<object> Events => _events;

        public void Add(Decision decision)
        {
            _events.AddRange(decision.Events);
            State = decision.Events.Aggregate(State, Invoice.Evolve);
        }
    }
}
