using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Bills what contracts charge for a month. Each debit memo has the one identifier of its customer and month, so it is
/// issued once by any number of people and instances. Each customer is written by itself, and one who cannot be billed
/// holds up nobody else.
/// </summary>
public sealed class FinanceChargeBilling(EventStore store, DocumentNumbers numbers, TimeProvider clock)
{
    /// <summary>
    /// What was open of invoices at the beginning, and each change in the month, of customers whose contract charges
    /// something. What is disputed now is left out, and debit memos: there is no interest on interest.
    /// </summary>
    private const string Histories =
        """
        select c.customer_id, c.clauses::text as clauses, s.invoice_id, s.invoice_number, s.installment, s.due_date,
            greatest(s.posting_date, @first) as day, o.disputed, sum(s.amount) as change
        from customers c
        join subledger_entries s on s.customer_id = c.customer_id
        join invoices i on i.invoice_id = s.invoice_id and i.kind = 'Invoice'
        join open_items o on o.invoice_id = s.invoice_id and o.installment = s.installment
        where c.legal_entity = @legalEntity and c.clauses is not null
            and s.posting_date <= @last and s.due_date < @last
        group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(s.amount) <> 0
        """;

    /// <summary>Bills a month of a legal entity, dated today; gives what is billed to each customer.</summary>
    /// <param name="legalEntity">Whose customers.</param>
    /// <param name="month">A month that is over.</param>
    /// <param name="preview">Only show what would be billed.</param>
    /// <param name="caller">Who asks; null for nobody, who adjusts no period.</param>
    /// <param name="metadata">Who asks, for the history.</param>
    /// <param name="cancellation">Stops between two customers.</param>
    public async Task<IReadOnlyList<RunFinanceCharges.Billed>> BillAsync(
        string legalEntity, Period month, bool preview, Caller? caller, EventMetadata metadata,
        CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var charges = await ChargesAsync(legalEntity, month, cancellation);
        var wishes = charges.ConvertAll(one => new IssueInvoice(
            one.CustomerId,
            [.. one.Charges.Select(charge => new IssueInvoiceLine(charge.Description, 1, charge.Amount.Amount))]));
        var accounts = await BillingAccounts.LoadAsync(store.Database, caller, wishes, now, cancellation);
        var why = metadata with { Reason = $"finance charges {month}" };
        var billed = new List<RunFinanceCharges.Billed>(charges.Count);
        foreach (var (one, wish, account) in charges.Zip(wishes, accounts))
        {
            var draft = IssueDebitMemo.Draft(wish, account!, now);
            billed.Add(await BillAsync(one.CustomerId, one.Charges, draft, month, preview, why, cancellation));
        }

        return billed;
    }

    private async Task<List<(Guid CustomerId, List<FinanceCharge> Charges)>> ChargesAsync(
        string legalEntity, Period month, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            Histories, new { legalEntity, first = month.FirstDay.AddDays(-1), last = month.LastDay },
            cancellationToken: cancellation));
        var accounts = await BillingAccounts.LoadAsync(
            store.Database, rows.Select(row => row.CustomerId), cancellation);
        return
        [
            .. from customer in rows.GroupBy(row => row.CustomerId)
               let clauses = JsonPart.Read<ContractClauses>(customer.First().Clauses)!
               let items = customer.GroupBy(row => (row.InvoiceId, row.InvoiceNumber, row.Installment, row.DueDate))
                   .Select(item => new ItemHistory(
                       item.Key.InvoiceId, item.Key.InvoiceNumber, item.Key.Installment, item.Key.DueDate,
                       [.. item.Select(row => (row.Day, row.Change))], item.First().Disputed))
               let currency = Currency.Of(accounts[customer.Key].Currency)
               let charges = FinanceChargeRules.For(
                   clauses, month.FirstDay, month.LastDay, items, currency).ToList()
               where charges.Count > 0
               orderby customer.Key
               select (customer.Key, charges),
        ];
    }

    private async Task<RunFinanceCharges.Billed> BillAsync(
        Guid customerId, List<FinanceCharge> charges, (InvoiceDraft? Draft, Refusal? Refusal) draft, Period month,
        bool preview, EventMetadata metadata, CancellationToken cancellation)
    {
        var total = Money.Sum(charges.Select(charge => charge.Amount), charges[0].Amount.Currency);
        var id = Ids.From("finance-charges", customerId.ToString("D"), $"{month}");
        var known = await store.LoadAsync(InvoiceStream.Type, id, cancellation);
        if (known.State.Issued is { } before)
            return new(customerId, id, before.Number, before.Total, true, charges);
        if (draft.Draft is null)
            return new(customerId, null, null, total, false, charges, Problems.From(draft.Refusal!));
        if (preview)
            return new(customerId, null, null, total, false, charges);

        var plan = DocumentIssuing.Plan(id, draft.Draft, metadata);
        var result = await numbers.CommitAsync(plan.Series, drawn => plan.Build!(drawn).Batch, cancellation);
        var issued = (await store.LoadAsync(InvoiceStream.Type, id, cancellation)).State.Issued;

        // Lost to another run: that one has billed it. Nothing there means that a deadlock was broken.
        return issued is not null
            ? new(customerId, id, issued.Number, issued.Total, !result.IsCommitted, charges)
            : throw new ContentionException("finance charges", id);
    }

    private sealed class Row
    {
        public Guid CustomerId { get; init; }
        public required string Clauses { get; init; }
        public Guid InvoiceId { get; init; }
        public required string InvoiceNumber { get; init; }
        public int Installment { get; init; }
        public DateOnly DueDate { get; init; }
        public DateOnly Day { get; init; }
        public decimal Disputed { get; init; }
        public decimal Change { get; init; }
    }
}
