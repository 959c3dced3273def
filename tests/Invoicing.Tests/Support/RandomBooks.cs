using FsCheck;
using FsCheck.Fluent;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests;

/// <summary>
/// The books of US01 (in USD) through a random story: two invoices in installments, a debit memo, a deposit and a
/// credit memo in some currency, whose parts are settled by some rule; payments with and without discount, reversals,
/// credits, refunds, netting, write-offs, waivers, moved due dates, disputes, voids, chargebacks that are paid and
/// given up as invoices are, on days that go on, at rates that move, while periods are closed and opened again.
/// Whatever is refused just does not happen.
/// </summary>
internal sealed class RandomBooks
{
    private static readonly string[] Currencies = ["USD", "EUR", "JPY", "BHD"];
    private static readonly string[] Terms = ["NET 30", "2/10 NET 30", "SPLIT 30/60/90", "SPLIT 50%@0 30%@20 20%@45"];
    private static readonly Guid MemoId = Ids.From("memo", "1");

    /// <summary>The place of the deposit among the invoices.</summary>
    public const int Deposit = 3;

    private int _ids;

    private RandomBooks(Story story)
    {
        Currency = Currency.Of(Currencies[story.Currency]);
        Now = Some.Now;
        for (var n = 0; n < 3; n++)
        {
            var line = Some.Line(3, Price(story.Cents, 3), story.Tax / 100m);
            var freight = Some.Line(1, Price(story.Cents, 7), story.Tax / 100m) with { Kind = LineKind.Freight };
            var wish = Some.Wish(line, freight) with { Terms = Terms[story.Terms] };
            var rules = new ApplicationRules((ApplicationRule)(story.Cents % 3));
            var (draft, refusal) = InvoiceDraft.Of(wish, Account() with { ApplicationRules = rules }, Now);
            refusal.ShouldBeNull();
            On(n, InvoiceDecider.Issue(
                Invoice.Initial, n < 2 ? draft! : draft! with { Kind = DocumentKind.DebitMemo },
                $"INV-US01-2026-00000{n}").Events);
        }

        var ahead = Some.Wish(Some.Line(2, Price(story.Cents, 5), story.Tax / 100m, account: "2450"));
        var (deposit, _) = InvoiceDraft.Of(ahead, Account(), Now);
        On(Deposit, InvoiceDecider.Issue(
            Invoice.Initial, deposit! with { Kind = DocumentKind.Deposit }, "DEP-US01-2026-000001").Events);

        var credit = new IssueCreditMemo(
            Some.Customer, CreditReason.Goodwill, [Some.Line(2, Price(story.Cents, 4), story.Tax / 100m)]);
        Now = Now.AddDays(1);
        var (memo, _) = CreditMemoDraft.Of(credit, Account(), null, Now);
        OnMemo(CreditMemoDecider.Issue(memo!, "CM-US01-2026-000001"));
        foreach (var step in story.Steps)
            Play(step);
    }

    public sealed record Step(int Kind, int Invoice, int Number, int Share, int Days);

    public sealed record Story(int Currency, int Terms, int Cents, int Tax, Step[] Steps);

    public static readonly Arbitrary<Story> Stories = (
        from currency in Gen.Choose(0, 3)
        from terms in Gen.Choose(0, 3)
        from cents in Gen.Choose(3, 2_000_000)
        from tax in Gen.Elements(0, 5, 8, 19)
        from steps in (
            from kind in Gen.Choose(0, 22)
            from invoice in Gen.Choose(0, 5)
            from number in Gen.Choose(1, 8)
            from share in Gen.Choose(1, 120)
            from days in Gen.Choose(0, 9)
            select new Step(kind, invoice, number, share, days)).ArrayOf()
        select new Story(currency, terms, cents, tax, steps)).ToArbitrary();

    public Currency Currency { get; }

    /// <summary>Those that the story begins with, and the chargebacks of it.</summary>
    public List<Invoice> Invoices { get; } = [Invoice.Initial, Invoice.Initial, Invoice.Initial, Invoice.Initial];

    public CreditMemo Memo { get; private set; } = CreditMemo.Initial;

    public AccountingCalendar Calendar { get; private set; } = AccountingCalendar.Initial;

    public DateTimeOffset Now { get; private set; }

    public DateOnly Today => Now.DateIn(Some.Books.TimeZone);

    public List<StoredEvent> Log { get; } = [];

    /// <summary>What was posted on a day that was closed at that moment.</summary>
    public List<Posting> PostedIntoClosedDays { get; } = [];

    public IReadOnlyList<Posting> Postings => [.. Log.Select(Posting.Of).OfType<Posting>()];

    /// <summary>Open items by document, installment and due date; a credit memo's is below zero.</summary>
    public IEnumerable<((Guid, int, DateOnly) Key, Money Open, Money? Base)> Open => Invoices
        .SelectMany((invoice, index) => invoice.Items().Select(item => (
            (InvoiceId(index), item.Installment, item.DueDate), item.Balance, item.BaseBalance)))
        .Append(((MemoId, 1, Memo.Issued!.CreditDate), -Memo.Open, -Memo.BaseOf(Memo.Open)));

    /// <summary>The books after a story.</summary>
    public static RandomBooks Of(Story story) => new(story);

    public static void ForAll(int histories, Action<RandomBooks> holds) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(histories),
        Prop.ForAll(Stories, story => holds(new RandomBooks(story))));

    /// <summary>What one unit of the currency is on a day; USD has no rate.</summary>
    public ExchangeRate? RateOn(DateOnly day)
    {
        if (Currency.Code == "USD")
            return null;
        var middle = Currency.Code switch { "EUR" => 1.08m, "JPY" => 0.0067m, _ => 2.65m };
        return new ExchangeRate(ExchangeRate.Daily, day, middle * (1 + (day.DayNumber * 7919 % 401 - 200) / 1_000m));
    }

    private decimal Price(int minorUnits, int parts) =>
        Currency.Unit + decimal.Round(minorUnits * Currency.Unit / parts, 7);

    private BillingAccount Account() =>
        Some.Account(Currency.Code) with { Rate = RateOn(Today), Periods = Calendar };

    private PostingContext Context(DateOnly? wanted = null) => new(Now, Calendar, wanted);

    private void Play(Step step)
    {
        Now = Now.AddDays(step.Days);
        step = step with { Invoice = step.Invoice % Invoices.Count };
        var invoice = Invoices[step.Invoice];
        var installment = Math.Min(step.Number, invoice.Balances.Count);
        var item = invoice.Issued!.Installments[installment - 1];
        var amount = Money.Round(item.Amount.Amount * step.Share / 100, Currency);
        switch (step.Kind)
        {
            case < 4:
                Pay(step, invoice, installment, amount);
                break;
            case < 6:
                On(step.Invoice, InvoiceDecider.ReversePayment(
                    invoice, new(Some.Allocation(step.Number), Some.Receipt, installment, amount, "nsf"), Context()));
                break;
            case < 9:
                Credit(step, invoice, installment, amount);
                break;
            case 9:
                Close(step);
                break;
            case 15:
                Void(step, invoice);
                break;
            case 19:
                Refund(step, amount);
                break;
            case > 19:
                ChargeBack(step, invoice, installment, amount);
                break;
            case > 15:
                Net(step, invoice, amount);
                break;
            default:
                Adjust(step, invoice, installment, amount);
                break;
        }
    }

    private void Pay(Step step, Invoice invoice, int installment, Money amount)
    {
        var discount = invoice.Issued!.Installments[installment - 1].Discount?.On(amount, Today);
        var deducted = step.Kind == 0 && discount is { IsPositive: true } earned && earned < amount
            ? earned
            : (Money?)null;
        var money = deducted is { } less ? amount - less : amount;
        if (!money.IsPositive)
            return;
        On(step.Invoice, InvoiceDecider.ApplyPayment(
            invoice,
            new ApplyPayment(
                Some.Allocation(step.Number + (10 * Log.Count * (step.Days % 2))),
                Ids.From("receipt", $"{step.Days % 3}"), installment, money, Today, "2400", deducted, null,
                RateOn(Today)),
            Context()));
    }

    private void Credit(Step step, Invoice invoice, int installment, Money amount)
    {
        var settlement = new CreditSettlement(MemoId, Memo, Context(), NextId);
        if (step.Kind == 8)
        {
            if (invoice.Credits.Keys.Order().FirstOrDefault() is var id && id == default)
                return;
            var undone = settlement.TakeBack(id, invoice);
            On(step.Invoice, undone.Events);
            OnMemo(settlement.MemoEvents);
            return;
        }

        var settled = step.Kind == 6
            ? settlement.Settle(InvoiceId(step.Invoice), invoice, installment, amount)
            : settlement.Settle(InvoiceId(step.Invoice), invoice);
        if (settled.IsRefused)
            return;
        On(step.Invoice, settled.Events);
        OnMemo(settlement.MemoEvents);
    }

    /// <summary>
    /// Part of the credit memo is paid back by hand, or cash application is told to pay it; the bank sends it back, or
    /// cash application says days later what became of it.
    /// </summary>
    private void Refund(Step step, Money amount) => OnMemo((step.Number % 4) switch
    {
        0 => CreditRefundDecider.Return(
            Memo, Memo.Refunds.Keys.FirstOrDefault(id => !Memo.ToldToPay.Contains(id)), Context()).Events,
        1 => CreditRefundDecider.Approve(Memo, new CreditMemoRefundApproved(
            NextId(), Memo.Issued!.Number, Some.Customer, "US01", Money.Min(amount, Memo.Available), $"REF-{_ids}",
            "1090", "returned", "ana", "mia", new RefundPayee("Globex", "DE89370400440532013000"),
            RateOn(Today)), Context()).Events,
        2 => Hear(step),
        _ => CreditRefundDecider.Refund(
            Memo, NextId(), Money.Min(amount, Memo.Available), $"REF-{_ids}", RateOn(Today), Context()).Events,
    });

    private IReadOnlyList<object> Hear(Step step)
    {
        var day = Today.AddDays(-step.Days);
        var refund = Memo.ToldToPay.Except(Memo.ReturnedRefunds)
            .Where(id => Memo.Reserved.ContainsKey(id) || Memo.Refunds.ContainsKey(id)).Order().FirstOrDefault();
        if (refund == default)
            return [];
        var told = Memo.Refunds.TryGetValue(refund, out var paid)
            ? new PaymentOfRefund(refund, paid.PaidOn, day)
            : new PaymentOfRefund(refund, step.Share % 4 == 0 ? null : day, null);
        var outcome = CreditRefundOutcome.Of(MemoId, Memo, null, told, RateOn(day), Context());
        outcome.Refusal.ShouldBeNull();
        return outcome.OnMemo;
    }

    /// <summary>Mostly the invoice is netted with the deposit; now and then that is taken back.</summary>
    private void Net(Step step, Invoice invoice, Money amount)
    {
        var held = Invoices[Deposit];
        var settlement = new DepositSettlement(InvoiceId(Deposit), held, Context(), NextId);
        var decision = step.Kind == 18
            ? settlement.TakeBack(InvoiceId(step.Invoice), invoice.Deposits.Keys.FirstOrDefault(), invoice)
            : settlement.Settle(InvoiceId(step.Invoice), invoice, step.Share % 2 == 0 ? amount : null);
        if (decision.IsRefused)
            return;
        // I-18: nothing is netted that is not paid and free at that moment.
        Money.Sum(settlement.DepositEvents.OfType<DepositUsed>().Select(used => used.Amount), Currency)
            .ShouldBeLessThanOrEqualTo(held.Available);
        On(step.Invoice, decision.Events);
        On(Deposit, settlement.DepositEvents);
    }

    private void Void(Step step, Invoice invoice)
    {
        var voiding = InvoiceVoiding.Of(
            InvoiceId(step.Invoice), invoice,
            new Dictionary<Guid, Invoice> { [InvoiceId(Deposit)] = Invoices[Deposit] }, "wrong",
            Context(Chosen(step)));
        On(step.Invoice, voiding.OnInvoice);
        On(Deposit, voiding.OnDeposits.GetValueOrDefault(InvoiceId(Deposit), []));
    }

    /// <summary>
    /// Mostly part of an installment, or all that is open on it, is charged back; now and then that is taken back.
    /// </summary>
    private void ChargeBack(Step step, Invoice invoice, int installment, Money amount)
    {
        var (none, context) = (Money.Zero(Currency), Context(Chosen(step)));
        if (step.Kind == 22)
        {
            if (invoice.Chargebacks.Keys.FirstOrDefault() is var id && id == default)
                return;
            var index = Invoices.FindIndex(one => one.Issued!.Number == invoice.Chargebacks[id].Number);
            if (ChargebackReversal.Of(invoice, id, Invoices[index], none, context).Reversal is not { } reversal)
                return;
            On(step.Invoice, [reversal.OnInvoice]);
            On(index, [reversal.OnChargeback]);
            return;
        }

        var origin = new ChargebackOrigin(InvoiceId(step.Invoice), invoice.Issued!.Number, installment, "short");
        var (draft, _) = ChargebackDraft.Of(
            invoice, new ChargeBack(origin, step.Kind == 20 ? amount : null, null, none), CustomerStatus.Active,
            context);
        if (draft is null)
            return;
        var (chargeback, onInvoice) = draft.Issue(
            InvoiceId(Invoices.Count), $"DM-US01-2026-00001{Invoices.Count}");
        Invoices.Add(Invoice.Initial);
        On(step.Invoice, [onInvoice]);
        On(Invoices.Count - 1, [chargeback]);
    }

    private void Adjust(Step step, Invoice invoice, int installment, Money amount)
    {
        var context = Context(Chosen(step));
        int? line = step.Share % 3 == 0 ? 1 : null;
        On(step.Invoice, step.Kind switch
        {
            10 => AdjustmentDecider.WriteOff(invoice, NextId(), installment, amount, context),
            11 => AdjustmentDecider.Recover(invoice, NextId(), installment, amount, context),
            12 => ChargeDecider.Waive(invoice, NextId(), installment, amount, context, line),
            13 => ChargeDecider.Reinstate(invoice, NextId(), installment, amount, context, line),
            _ => AdjustmentDecider.Reschedule(
                invoice, [new NewDueDate(installment, Today.AddDays(step.Share % 40))], "terms-change 1", Context()),
        });
        On(step.Invoice, AdjustmentDecider.MarkDisputed(Invoices[step.Invoice], installment, amount, Context()));
    }

    /// <summary>Mostly the last month is closed; now and then one is opened again.</summary>
    private void Close(Step step)
    {
        var month = new Period(Period.Of(Today).FirstDay.AddMonths(step.Number % 3 - 2));
        var decision = step.Share switch
        {
            < 60 => PeriodDecider.Close(Calendar, "US01", month, Today, null),
            < 90 => PeriodDecider.SoftClose(Calendar, "US01", month, ["controller"], Today),
            _ => PeriodDecider.Reopen(Calendar, "US01", month),
        };
        Calendar = decision.Events.Aggregate(Calendar, AccountingCalendar.Evolve);
    }

    /// <summary>Now and then a person chooses the day, rightly or wrongly.</summary>
    private DateOnly? Chosen(Step step) => step.Share % 3 == 0 ? Today.AddDays(-step.Number * step.Days) : null;

    private void On(int invoice, Decision decision) => On(invoice, decision.Events);

    private void On(int invoice, IReadOnlyList<object> events)
    {
        foreach (var e in events)
        {
            Remember(InvoiceId(invoice), e);
            Invoices[invoice] = Invoice.Evolve(Invoices[invoice], e);
        }
    }

    private void OnMemo(params IReadOnlyList<object> events)
    {
        foreach (var e in events)
        {
            Remember(MemoId, e);
            Memo = CreditMemo.Evolve(Memo, e);
        }
    }

    /// <summary>I-10, at the moment of each event: nothing is posted on a day that is closed then.</summary>
    private void Remember(Guid stream, object data)
    {
        var stored = new StoredEvent
        {
            Id = Ids.From("event", $"{Log.Count}"),
            StreamId = stream,
            Version = Log.Count + 1,
            Type = "any",
            Data = data,
            At = Now,
            Metadata = new EventMetadata("test"),
        };
        if (Posting.Of(stored) is { } posting && posting.Entry.PostingDate < Calendar.FirstOpenDay)
            PostedIntoClosedDays.Add(posting);
        Log.Add(stored);
    }

    private Guid NextId() => Ids.From("id", $"{_ids++}");

    private static Guid InvoiceId(int number) => Ids.From("invoice", $"{number}");
}
