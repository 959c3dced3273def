using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
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
/// Bills what contracts charge for a month. Each debit memo has the one identifier of its customer, month and currency,
/// so it is issued once by any number of people and instances; what was left out of it because it was disputed, and is
/// owed after all, is billed by another one when the month is run again. Each is written by itself, and one that cannot
/// be billed holds up nobody else.
/// </summary>
public sealed partial class FinanceChargeBilling(
    EventStore store, DocumentNumbers numbers, TimeProvider clock, ILogger<FinanceChargeBilling> log)
{
    /// <summary>The code of a problem that is an error, and no refusal by a rule.</summary>
    private const string NotBilled = "not-billed";

    /// <summary>Where the reference rate is not known, any above zero shows whether something is due.</summary>
    private const decimal AnyRate = 1;

    /// <summary>
    /// What was open of invoices at the beginning, and each change in the month, of customers whose contract charges
    /// something. Money counts from its value date; what was taken back never came. What a dispute was right about was
    /// never owed, nor anything on a void or corrected invoice. What is disputed now is left out, and debit memos: no
    /// interest on interest. What was charged back is owed until then, less what is or was rightly disputed of it.
    /// </summary>
    private const string Histories =
        """
        with chargebacks as (
            select k.chargeback_of, k.chargeback_installment, k.invoice_date, x.disputed, (
                select coalesce(sum(r.amount), 0) from subledger_entries r
                join subledger_entries w on w.event_id = r.event_id
                join credit_memos m on m.credit_memo_id = w.invoice_id and m.reason = 'Dispute'
                where r.invoice_id = k.invoice_id and m.invoice_id = k.invoice_id) as never_owed
            from invoices k join open_items x on x.invoice_id = k.invoice_id
            where k.legal_entity = @legalEntity and k.chargeback_of is not null and not k.is_void
                and k.invoice_date > @first),
        disputes as (
            select chargeback_of, chargeback_installment, sum(disputed) as disputed from chargebacks group by 1, 2),
        own as (
            select c.customer_id, c.clauses::text as clauses, s.invoice_id, s.invoice_number, s.installment,
                s.due_date, o.original_due_date, o.disputed + coalesce(d.disputed, 0) as disputed, s.kind, s.amount,
                s.currency,
                case when m.credit_memo_id is not null then @first else coalesce(
                    min(s.value_date) over (partition by s.invoice_id, s.allocation_id), s.posting_date) end as day
            from customers c
            join subledger_entries s on s.customer_id = c.customer_id
            join invoices i on i.invoice_id = s.invoice_id and i.kind = 'Invoice' and not i.is_void
            join open_items o on o.invoice_id = s.invoice_id and o.installment = s.installment
            left join disputes d on d.chargeback_of = s.invoice_id and d.chargeback_installment = s.installment
            left join credit_memos m on m.invoice_id = s.invoice_id and m.reason = 'Dispute' and exists (
                select 1 from subledger_entries r where r.event_id = s.event_id and r.invoice_id = m.credit_memo_id)
            where c.legal_entity = @legalEntity and c.clauses is not null
                and (@only::uuid[] is null or c.customer_id = any(@only)) and not exists (
                select 1 from credit_memos w where w.invoice_id = i.invoice_id and w.reason = 'Correction'
                    and not w.is_void and w.total = i.total)),
        moves as (
            select customer_id, clauses, invoice_id, invoice_number, installment, due_date, original_due_date, disputed,
                currency, amount, day from own
            union all
            select b.customer_id, b.clauses, b.invoice_id, b.invoice_number, b.installment, b.due_date,
                b.original_due_date, b.disputed, b.currency, n.amount, n.day
            from (select distinct on (invoice_id, installment) * from own where kind = 'charged-back'
                order by invoice_id, installment, day desc) b
            join chargebacks k on k.chargeback_of = b.invoice_id and k.chargeback_installment = b.installment
            cross join lateral (
                values (k.never_owed, @first), (-k.never_owed, k.invoice_date)) as n (amount, day))
        select customer_id, clauses, invoice_id, invoice_number, installment, due_date, greatest(day, @first) as day,
            original_due_date, disputed, currency, sum(amount) as change
        from moves where day <= @last and due_date < @last
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 having sum(amount) <> 0
        """;

    /// <summary>What a run has come to.</summary>
    /// <param name="DebitMemos">What is billed to each customer.</param>
    /// <param name="HeldBack">Customers of whom more would be billed, were it not disputed, or their reference rate
    /// known.</param>
    public sealed record Outcome(
        IReadOnlyList<RunFinanceCharges.Billed> DebitMemos, IReadOnlyList<Guid> HeldBack)
    {
        /// <summary>What is noted of the run, with what happens by itself.</summary>
        /// <param name="legalEntity">Whose customers.</param>
        /// <param name="month">The month.</param>
        /// <param name="today">The day there.</param>
        /// <param name="isOfHeldBack">
        /// It was over what was held back: whoever could not be billed now is looked at again with the rest of it.
        /// </param>
        internal FinanceChargesBilled Note(string legalEntity, Period month, DateOnly today, bool isOfHeldBack)
        {
            var failed = DebitMemos.Where(one => one.Problem is not null).ToList();
            Guid[] heldBack = [.. HeldBack.Union(isOfHeldBack ? failed.Select(one => one.CustomerId) : []).Order()];
            return new FinanceChargesBilled(
                legalEntity, $"{month}", today, DebitMemos.Count - failed.Count, failed.Count,
                heldBack is [] ? null : heldBack, failed.Count(one => one.Problem!.Code == NotBilled));
        }
    }

    /// <summary>Bills a month of a legal entity, dated today.</summary>
    /// <param name="legalEntity">Whose customers.</param>
    /// <param name="month">A month that is over.</param>
    /// <param name="preview">Only show what would be billed.</param>
    /// <param name="caller">Who asks; null for nobody, who adjusts no period.</param>
    /// <param name="metadata">Who asks, for the history.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two customers.</param>
    /// <param name="only">These customers; null for all.</param>
    public async Task<Outcome> BillAsync(
        string legalEntity, Period month, bool preview, Caller? caller, EventMetadata metadata, Attempt attempt,
        CancellationToken cancellation, IReadOnlyList<Guid>? only = null)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var now = clock.GetUtcNow();
        var charged = await ChargesAsync(legalEntity, month, only, cancellation);
        var charges = charged.Where(one => one.Charges.Count > 0).ToList();
        var previews = preview
            ? await BillingAccounts.LoadAsync(
                store.Database, caller,
                charges.ConvertAll(one => new IssueInvoice(one.CustomerId, [], Currency: one.Other)), now, cancellation)
            : new BillingAccount?[charges.Count];
        var why = metadata with { Reason = $"finance charges {month}" };
        var billed = new List<RunFinanceCharges.Billed>(charges.Count);
        foreach (var (one, shown) in charges.Zip(previews))
        {
            var isDone = await attempt(
                $"Billing of the finance charges {month} of customer {one.CustomerId}",
                async () =>
                {
                    if (await BillAsync(one, month, preview, shown, caller, now, why, cancellation) is { } memo)
                        billed.Add(memo);
                },
                cancellation);
            if (!isDone)
                billed.Add(Failed(one));
        }

        return new(
            billed,
            [
                .. charged.Where(one => one.Items.Any(item => item.HeldBack is not null)
                    || (one.Missing is not null && one.Charges.Count > 0)).Select(one => one.CustomerId).Distinct(),
            ]);
    }

    /// <summary>
    /// Adds to the void of a debit memo that it has not given what an installment gives once: another month may charge
    /// that, should the installment become overdue again. The month of the debit memo does not bill it anew.
    /// </summary>
    internal static async Task GiveBackAsync(
        WriteBatch batch, EventStore store, Guid memoId, InvoiceIssued memo, CancellationToken cancellation)
    {
        if (memo.Charges is not { Count: > 0 } charges)
            return;
        foreach (var month in await ChargedOnce.MonthsAsync(
            store.Database, charges.Select(item => item.InvoiceId), cancellation))
        {
            // Only the first debit memo of a month has written what it gave.
            if (CustomerCharges.MemoId(memo.CustomerId, month, null, 0) == memoId
                || CustomerCharges.MemoId(memo.CustomerId, month, memo.Total.Currency.Code, 0) == memoId)
                ChargedOnce.GiveBack(batch, charges, month);
        }
    }

    private async Task<IReadOnlyList<CustomerCharges>> ChargesAsync(
        string legalEntity, Period month, IReadOnlyList<Guid>? only, CancellationToken cancellation)
    {
        var (first, last) = (month.FirstDay.AddDays(-1), month.LastDay);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            Histories, new { legalEntity, first, last, only = only?.ToArray() },
            cancellationToken: cancellation))).AsList();
        var accounts = await BillingAccounts.LoadAsync(
            store.Database, rows.Select(row => row.CustomerId), cancellation);
        var references = await ReferenceRateTable.OnAsync(store.Database, legalEntity, month.FirstDay, cancellation);
        var given = await ChargedOnce.InOtherMonthsAsync(
            connection, rows.Select(row => row.InvoiceId), month, cancellation);
        CustomerCharges[] charged =
        [
            .. from customer in rows.GroupBy(row => (row.CustomerId, row.Currency))
               let agreed = JsonPart.Read<ContractClauses>(customer.First().Clauses)!
               let isOwn = customer.Key.Currency == accounts[customer.Key.CustomerId].Currency
               let clauses = isOwn ? agreed : agreed.InOtherCurrency()
               let items = ItemsOf(customer)
               let currency = Currency.Of(customer.Key.Currency)
               let named = clauses.Statutory?.ReferenceRate
               let reference = named is null ? 0 : references.GetValueOrDefault(named, AnyRate)
               orderby customer.Key.CustomerId, !isOwn, customer.Key.Currency
               select new CustomerCharges(
                   customer.Key.CustomerId, isOwn ? null : customer.Key.Currency,
                   [.. FinanceChargeRules.For(clauses, month.FirstDay, month.LastDay, items, currency, reference)],
                   FinanceChargeRules.Charged(clauses, month.FirstDay, month.LastDay, items, currency, reference),
                   named is null || references.ContainsKey(named) ? null : named),
        ];
        var moved = rows.Where(row => row.OriginalDueDate is not null)
            .GroupBy(row => (row.InvoiceId, row.Installment))
            .ToDictionary(row => row.Key, row => row.First().OriginalDueDate!.Value);
        for (var index = 0; index < charged.Length; index++)
        {
            var one = charged[index].Without(given);
            charged[index] = one.Without(await GivenBeforeAsync(one, month, moved, cancellation));
        }

        return charged;
    }

    /// <summary>
    /// What debit memos of other months have of the charges that an installment gives once, where its due date was
    /// moved and it became overdue again. One that does not say what it charges has charged all late fees there were.
    /// </summary>
    private async Task<HashSet<(Guid InvoiceId, int Installment, ChargeKind Kind)>> GivenBeforeAsync(
        CustomerCharges one, Period month, Dictionary<(Guid InvoiceId, int Installment), DateOnly> moved,
        CancellationToken cancellation)
    {
        var again = one.Items.Where(item => ChargedOnce.IsOnce(item.Kind)
            && moved.ContainsKey((item.InvoiceId, item.Installment))).ToList();
        var given = new HashSet<(Guid InvoiceId, int Installment, ChargeKind Kind)>();
        if (again.Count == 0)
            return given;
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var other = Period.Of(again.Min(item => moved[(item.InvoiceId, item.Installment)]));
        for (; other.FirstDay <= today; other = other.Next)
        {
            var memos = other == month ? [] : await MemosAsync(one, other, cancellation);
            given.UnionWith(memos
                .SelectMany(memo => (memo.Memo.Charges ?? again.FindAll(item => item.Kind == ChargeKind.LateFee))
                    .Where(item => !(memo.IsVoid && ChargedOnce.IsGivenBack(item))))
                .Select(item => (item.InvoiceId, item.Installment, item.Kind)));
        }

        return given;
    }

    /// <summary>One per installment and due date that it had.</summary>
    private static List<ItemHistory> ItemsOf(IEnumerable<Row> rows) =>
    [
        .. from installment in rows.GroupBy(row => (row.InvoiceId, row.Installment))
           let all = installment.Select(row => (row.Day, row.Change)).ToList()
           from item in installment.GroupBy(row => row.DueDate)
           let first = item.First()
           select new ItemHistory(
               first.InvoiceId, first.InvoiceNumber, first.Installment, item.Key,
               [.. item.Select(row => (row.Day, row.Change))], first.Disputed, all),
    ];

    /// <summary>Bills one customer; null where another month that is billed at the same time left nothing.</summary>
    private async Task<RunFinanceCharges.Billed?> BillAsync(
        CustomerCharges one, Period month, bool preview, BillingAccount? shown, Caller? caller, DateTimeOffset now,
        EventMetadata metadata, CancellationToken cancellation)
    {
        if (one.Missing is { } missing)
            return NoRate(one, missing, month);
        var before = await MemosAsync(one, month, cancellation);
        var charges = before.Count == 0 ? one.Charges : Left(one.Charges, before);
        if (charges.Count == 0)
        {
            var (known, memo, _) = before[^1];
            return new(one.CustomerId, known, memo.Number, memo.Total, true, one.Charges);
        }

        var total = Money.Sum(charges.Select(charge => charge.Amount), charges[0].Amount.Currency);
        var wish = new IssueInvoice(
            one.CustomerId,
            [.. charges.Select(charge => new IssueInvoiceLine(charge.Description, 1, charge.Amount.Amount))],
            Currency: one.Other);
        if (preview)
            return Unbilled(IssueDebitMemo.Draft(wish, shown!, now).Refusal);

        var id = one.MemoId(month, before.Count);
        var items = Items(one, charges, before.Count > 0);
        var (round, isKnown, legalEntity, refusal) = (0, false, "", (Refusal?)null);
        var result = await numbers.CommitAsync(
            async token =>
            {
                // Whoever has lost the write looks again: another run may have billed it, or somebody closed the day.
                isKnown = round++ > 0 && (await store.LoadAsync(InvoiceStream.Type, id, token)).Exists;
                var account = (await BillingAccounts.LoadAsync(store.Database, caller, [wish], now, token))[0]!;
                legalEntity = account.Books.LegalEntity;
                (var draft, refusal) = IssueDebitMemo.Draft(wish, account, now);
                if (isKnown || draft is null)
                    return NumberedWrite.Of(new WriteBatch(metadata));
                var plan = DocumentIssuing.Plan(
                    id, draft with { Charges = items }, metadata, (batch, _) =>
                    {
                        if (before.Count == 0)
                            ChargedOnce.Keep(batch, items, month);
                    });
                return new NumberedWrite(plan.Series, drawn => plan.Build!(drawn).Batch);
            },
            cancellation);
        if (!isKnown && refusal is not null)
            return Unbilled(refusal);
        if (result.Constraint == ChargedOnce.Key)
        {
            // Another month has taken some of it meanwhile: what it left is billed.
            var left = (await ChargesAsync(legalEntity, month, [one.CustomerId], cancellation))
                .SingleOrDefault(again => again.Other == one.Other);
            return left is not { Charges.Count: > 0 }
                ? null
                : await BillAsync(left, month, preview, shown, caller, now, metadata, cancellation);
        }

        if (!result.IsCommitted)
            throw new InvalidOperationException($"It was not billed: {result.Status} {result.Constraint}");
        var issued = (await store.LoadAsync(InvoiceStream.Type, id, cancellation)).State.Issued!;
        return new(one.CustomerId, id, issued.Number, issued.Total, isKnown, charges);

        RunFinanceCharges.Billed Unbilled(Refusal? why) => new(
            one.CustomerId, null, null, total, false, charges, why is null ? null : Problems.From(why));
    }

    /// <summary>The debit memos that there are of the month already, the first one first.</summary>
    private async Task<List<(Guid Id, InvoiceIssued Memo, bool IsVoid)>> MemosAsync(
        CustomerCharges one, Period month, CancellationToken cancellation)
    {
        var memos = new List<(Guid Id, InvoiceIssued Memo, bool IsVoid)>();
        while (true)
        {
            var id = one.MemoId(month, memos.Count);
            var (memo, _) = await store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (memo.Issued is not { } issued)
                return memos;
            memos.Add((id, issued, memo.IsVoid));
        }
    }

    /// <summary>One that does not say what it charges has charged all there was.</summary>
    private static List<FinanceCharge> Left(
        IReadOnlyList<FinanceCharge> charges, List<(Guid Id, InvoiceIssued Memo, bool IsVoid)> before) =>
        before.Exists(one => one.Memo.Charges is null)
            ? []
            : [.. FinanceChargeRules.Left(charges, [.. before.SelectMany(one => one.Memo.Charges!)])];

    /// <summary>What a debit memo charges; the first one also says what it holds back.</summary>
    private static List<ChargedItem> Items(
        CustomerCharges one, IReadOnlyList<FinanceCharge> charges, bool isFurther) => !isFurther
            ? [.. one.Items]
            : [.. charges.Select(charge =>
                new ChargedItem(charge.InvoiceId, charge.Installment, charge.Kind, charge.Amount))];

    private RunFinanceCharges.Billed NoRate(CustomerCharges one, string missing, Period month)
    {
        LogNoRate(log, missing, one.CustomerId, month);
        return new(
            one.CustomerId, null, null, Money.Zero(one.Charges[0].Amount.Currency), false, [],
            Problems.From(Refusal.State(
                "no-reference-rate", $"The reference rate {missing} is not set for the half-year of {month}.")));
    }

    private static RunFinanceCharges.Billed Failed(CustomerCharges one) => new(
        one.CustomerId, null, null,
        Money.Sum(one.Charges.Select(charge => charge.Amount), one.Charges[0].Amount.Currency), false, one.Charges,
        Problems.From(Refusal.State(NotBilled, "The debit memo could not be issued. Run the month again.")));

    [LoggerMessage(Level = LogLevel.Warning, EventName = "invoicing.finance-charges.no-reference-rate",
        Message = "The reference rate {Rate} of customer {CustomerId} is not set for the half-year of {Month}")]
    private static partial void LogNoRate(ILogger log, string rate, Guid customerId, Period month);

    private sealed class Row
    {
        public Guid CustomerId { get; init; }
        public required string Clauses { get; init; }
        public Guid InvoiceId { get; init; }
        public required string InvoiceNumber { get; init; }
        public int Installment { get; init; }
        public DateOnly DueDate { get; init; }
        public DateOnly? OriginalDueDate { get; init; }
        public DateOnly Day { get; init; }
        public decimal Disputed { get; init; }
        public required string Currency { get; init; }
        public decimal Change { get; init; }
    }
}
