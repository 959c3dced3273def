using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>One installment as a message tells it.</summary>
/// <param name="Billed">What it bills of its order: its amount, or zero once the invoice is void.</param>
/// <param name="SourceVersion">Version of the invoice behind the message.</param>
/// <param name="DueDate">Last day to pay.</param>
/// <param name="Disputed">How much of the balance is disputed, or null.</param>
/// <param name="On">Day of what changed it.</param>
/// <param name="InvoiceDate">Date of the invoice.</param>
public sealed record ReportedReceivable(
    Guid InvoiceId, int Installment, string InvoiceNumber, string? OrderId, Money Billed, Money Balance,
    long SourceVersion, DateOnly? DueDate = null, Money? Disputed = null, DateOnly? On = null,
    DateOnly? InvoiceDate = null);

/// <summary>
/// What other services report. Facts are recorded, never refused: twice is once, and what is older than what is known
/// says nothing. They may come before the account is opened.
/// </summary>
public static class ExposureDecider
{
    private const int FirstInstallment = 1;

    /// <summary>Opens the account of a registered customer and keeps what is newest of it.</summary>
    public static Decision Open(CreditAccount account, AccountOpened opened, CustomerKnown customer)
    {
        var events = new List<object>();
        if (account.Opened is null)
            events.Add(opened);
        if (account.Customer is not { } known || known.SourceVersion < customer.SourceVersion)
        {
            var before = account.Customer?.Segment;
            events.Add(customer with { LeftSegment = before == customer.Segment ? null : before });
        }

        return Decision.Of(events);
    }

    /// <summary>Records what is open of a credit memo of this customer.</summary>
    public static Decision RecordCredit(CreditAccount account, Guid creditMemoId, Money open, long sourceVersion)
    {
        var known = account.Credits.TryGetValue(creditMemoId, out var credit) ? credit
            : new OpenCredit(0, Money.Zero(open.Currency));
        if (known.SourceVersion >= sourceVersion)
            return Decision.Nothing;
        var exposure = account.ExposureIn(open.Currency).MoveCredit(known.Open, open);
        return Decision.Of(new OpenCreditRecorded(creditMemoId, open, sourceVersion, exposure));
    }

    /// <summary>
    /// Records installments. What they bill of an order stops being an unbilled delivery, or reserved, in the same
    /// breath, so that nothing is counted twice and no room appears that is not there.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="items">The installments.</param>
    /// <param name="facts">With the rates of the day, by which what is billed of an order in another currency counts
    /// where the policy says so; null for none.</param>
    public static Decision RecordReceivables(
        CreditAccount account, IEnumerable<ReportedReceivable> items, DecisionFacts? facts = null)
    {
        var events = new List<object>();
        foreach (var told in items)
        {
            if (NewsOf(account, told) is not { } item)
                continue;
            Add(Recorded(account, item));
            if (Converted(account, item.InvoiceId, item.Billed.Currency, facts) is { } conversion)
                Add(conversion);
        }

        return Decision.Of(events);

        void Add(object e)
        {
            events.Add(e);
            account = CreditAccount.Evolve(account, e);
        }
    }

    /// <summary>
    /// Records an installment that is open again because a payment was taken back; that it was is kept whatever is
    /// known of the installment by now.
    /// </summary>
    public static Decision TakeBack(
        CreditAccount account, ReportedReceivable item, Guid receiptId, DateOnly on, DecisionFacts? facts = null)
    {
        var events = RecordReceivables(account, [item], facts).Events;
        var key = new InstallmentKey(item.InvoiceId, item.Installment);
        return account.TakenBackOf(receiptId).TryGetValue(key, out var known) && known >= on
            ? Decision.Of(events)
            : Decision.Of([.. events, new PaymentTakenBack(receiptId, item.InvoiceId, item.Installment, on)]);
    }

    /// <summary>
    /// Records that installments were dunned. What is not known here yet, or paid by now, may be told to be open later:
    /// news of it is kept until then.
    /// </summary>
    public static Decision Dun(CreditAccount account, string step, IEnumerable<InstallmentKey> items, bool isNews)
    {
        var missing = items.Distinct().Where(item => !account.Dunned.GetValueOrDefault(item, []).Contains(step))
            .ToLookup(account.IsOpen);
        InstallmentKey[] early = isNews ? [.. missing[false]] : [];
        return missing[true].Any() || early.Length > 0
            ? Decision.Of(new ItemsDunned(step, [.. missing[true]], early.Length > 0 ? early : null))
            : Decision.Nothing;
    }

    /// <summary>
    /// Records what a credit memo takes back of what an invoice bills of its order, known yet or not; an invoice that
    /// names no order bills none. An order whose last day is over reserves nothing again.
    /// </summary>
    public static Decision NoteCredit(
        CreditAccount account, Guid invoiceId, Guid creditMemoId, Money amount, long sourceVersion, DateOnly today)
    {
        var billing = account.BillingOf(invoiceId);
        var isOfNoOrder = billing.OrderId is null && account.Receivables.ContainsKey((invoiceId, FirstInstallment));
        if (isOfNoOrder || (billing.Credits.TryGetValue(creditMemoId, out var known)
            && known.SourceVersion >= sourceVersion))
            return Decision.Nothing;
        var noted = new InvoiceCreditNoted(
            invoiceId, creditMemoId, amount, sourceVersion, account.ExposureIn(amount.Currency));
        return Bill(account, noted with
        {
            Exposure = Billed(noted.Exposure, account, billing, billing.With(noted)),
        }, invoiceId, amount.Currency, today);
    }

    /// <summary>
    /// Records what invoices have left of a deposit that is known and names an order; they bill the rest.
    /// </summary>
    public static Decision NoteDeposit(
        CreditAccount account, Guid depositId, Money unused, long sourceVersion, DateOnly today)
    {
        var billing = account.BillingOf(depositId);
        if (billing.OrderId is null || billing.Unused?.SourceVersion >= sourceVersion)
            return Decision.Nothing;
        var noted = new DepositUseNoted(depositId, unused, sourceVersion, account.ExposureIn(unused.Currency));
        return Bill(account, noted with
        {
            Exposure = Billed(noted.Exposure, account, billing, billing.With(noted)),
        }, depositId, unused.Currency, today);
    }

    /// <summary>Records what is free of a receipt of this customer; zero when it is another customer's now.</summary>
    /// <param name="account">The account.</param>
    /// <param name="receiptId">The receipt.</param>
    /// <param name="unapplied">What is free of it.</param>
    /// <param name="sourceVersion">Version of the receipt behind the message.</param>
    /// <param name="booked">When it came; null where that is not known.</param>
    /// <param name="gone">What was paid back of it, or written off; null for nothing.</param>
    public static Decision RecordUnappliedCash(
        CreditAccount account, Guid receiptId, Money unapplied, long sourceVersion, Booking? booked = null,
        Money? gone = null)
    {
        var known = Cash(account, receiptId, unapplied.Currency);
        if (known.SourceVersion >= sourceVersion)
            return Decision.Nothing;
        var exposure = account.ExposureIn(unapplied.Currency).MoveCash(known.Unapplied, unapplied);
        return Decision.Of(new UnappliedCashRecorded(
            receiptId, unapplied, sourceVersion, exposure, known.Spent, booked ?? known.Booked, OrNull(gone)));
    }

    /// <summary>
    /// Records what a receipt has paid of the items of this customer in all, once it is known when it came.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="receiptId">The receipt, whosever it is.</param>
    /// <param name="spent">What of its payments was not taken back.</param>
    /// <param name="booked">When it came.</param>
    public static Decision RecordPaid(CreditAccount account, Guid receiptId, Money spent, Booking booked)
    {
        var known = Cash(account, receiptId, spent.Currency);
        return known.Booked is not null && known.Spent == OrNull(spent)
            ? Decision.Nothing
            : Decision.Of(new UnappliedCashRecorded(
                receiptId, known.Unapplied, known.SourceVersion, account.ExposureIn(spent.Currency), OrNull(spent),
                known.Booked ?? booked, known.Gone));
    }

    /// <summary>
    /// Records that a receipt, of which it is known when it came, pays so much of the items of this customer, or with
    /// less than zero that so much was taken back. What was never counted cannot be taken back.
    /// </summary>
    public static Decision Pay(CreditAccount account, Guid receiptId, Money change, Booking booked)
    {
        var none = Money.Zero(change.Currency);
        var spent = Cash(account, receiptId, change.Currency).Spent ?? none;
        return RecordPaid(account, receiptId, Money.Max(spent + change, none), booked);
    }

    private static FreeCash Cash(CreditAccount account, Guid receiptId, Currency currency) =>
        account.Receipts.TryGetValue(receiptId, out var known) ? known : FreeCash.None(currency);

    private static Money? OrNull(Money? amount) => amount is { IsZero: false } ? amount : null;

    /// <summary>
    /// What is new of an installment, or null. A void invoice bills nothing of its order whatever is told of it later,
    /// such as the end of a dispute about it, and that it is void counts though a later word came before.
    /// </summary>
    private static ReportedReceivable? NewsOf(CreditAccount account, ReportedReceivable told)
    {
        if (!account.Receivables.TryGetValue((told.InvoiceId, told.Installment), out var known))
            return told;
        if (known.SourceVersion < told.SourceVersion)
            return known.Billed.IsZero ? told with { Billed = known.Billed } : told;
        return !told.Billed.IsZero || known.Billed.IsZero ? null : told with
        {
            Balance = known.Balance,
            SourceVersion = known.SourceVersion,
            DueDate = known.DueDate,
            Disputed = known.Disputed,
        };
    }

    private static ReceivableRecorded Recorded(CreditAccount account, ReportedReceivable item)
    {
        var before = account.Receivables.TryGetValue((item.InvoiceId, item.Installment), out var known)
            ? known.Balance
            : Money.Zero(item.Balance.Currency);
        var none = Money.Zero(item.Balance.Currency);
        var exposure = account.ExposureIn(item.Balance.Currency)
            .MoveReceivable(before, item.Balance)
            .MoveDisputed(known.Disputed ?? none, item.Disputed ?? none);
        if (item.OrderId is { } orderId)
        {
            var billing = account.BillingOf(item.InvoiceId);
            var billed = known.SourceVersion > 0 ? known.Billed : Money.Zero(item.Billed.Currency);
            exposure = Billed(exposure, account, billing, billing.Move(orderId, billed, item.Billed));
        }

        return new ReceivableRecorded(item.InvoiceId, item.Installment, item.InvoiceNumber, item.OrderId, item.Billed,
            item.Balance, item.SourceVersion, exposure, item.DueDate, item.Disputed, item.On, item.InvoiceDate);
    }

    /// <summary>What was delivered before is billed before what was not.</summary>
    private static Exposure Billed(Exposure exposure, CreditAccount account, OrderBilling before, OrderBilling after)
    {
        if (after.OrderId is not { } orderId)
            return exposure;
        var currency = exposure.OpenOrders.Currency;
        var billed = account.BilledOf(orderId, currency) + Money.Of(after.Bills - before.Bills, currency);
        return exposure.MoveDelivery(
            account.UnbilledDeliveryOf(orderId, currency),
            Money.Max(account.DeliveredOf(orderId, currency) - billed, Money.Zero(currency)));
    }

    private static Decision Bill(
        CreditAccount account, object noted, Guid invoiceId, Currency currency, DateOnly today) =>
        Converted(CreditAccount.Evolve(account, noted), invoiceId, currency, restoresFrom: today) is { } conversion
            ? Decision.Of(noted, conversion)
            : Decision.Of(noted);

    /// <summary>
    /// What the reservation becomes now that the account knows what the invoice bills; null where it stays as it is. An
    /// invoice in another currency than the order bills of it what it comes to there, of what is delivered as well.
    /// </summary>
    /// <param name="account">With what the invoice bills.</param>
    /// <param name="invoiceId">The invoice.</param>
    /// <param name="currency">Of the invoice.</param>
    /// <param name="facts">With the rates of the day; null, and where the policy leaves other currencies out: by the
    /// rate alone that it has counted by.</param>
    /// <param name="restoresFrom">Orders whose last day is before this one reserve nothing again; null: all do.</param>
    private static object? Converted(
        CreditAccount account, Guid invoiceId, Currency currency, DecisionFacts? facts = null,
        DateOnly? restoresFrom = null)
    {
        var billing = account.BillingOf(invoiceId);
        if (billing.OrderId is not { } orderId || account.Orders.GetValueOrDefault(orderId) is not { } order)
            return null;
        var (own, none) = (order.Amount.Currency, Money.Zero(order.Amount.Currency));
        var rated = facts?.Policy.Policy.Exposure.OtherCurrencies == true ? facts : null;
        var billed = own == currency ? null : billing.In(own, currency, rated);
        if (own != currency && billed is null)
            return null;
        var after = account.WithBilled(orderId, invoiceId, billed);
        var reserved = order.IsApproved ? after.OutstandingOf(orderId, order.Amount) : order.Reserved;
        if (order.ReservedUntil < restoresFrom)
            reserved = Money.Min(reserved, order.Reserved);
        if (reserved == order.Reserved && (billed is null || billed.Billed == (billing.InOrder?.Billed ?? none)))
            return null;
        var exposure = account.ExposureIn(own).MoveOrder(order.Reserved, reserved).MoveDelivery(
            account.UnbilledDeliveryOf(orderId, own), after.UnbilledDeliveryOf(orderId, own));
        return reserved <= order.Reserved
            ? new ReservationConverted(orderId, invoiceId, reserved, exposure, billed)
            : new ReservationRestored(orderId, invoiceId, reserved, exposure, billed);
    }
}
