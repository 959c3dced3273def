using FsCheck;
using FsCheck.Fluent;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>
/// Whatever people, order systems and late, repeated and overtaking messages do: the exposure equals what the newest
/// messages and the standing decisions say, and no order is ever approved beyond the limit.
/// </summary>
public sealed class ExposureProperties
{
    private const int Cases = 1_000;

    private static readonly string[] OrderIds = ["SO-1", "SO-2", "SO-3"];

    [Fact]
    public void exposure_is_what_the_newest_messages_say_and_approvals_stay_within_the_limit()
    {
        var orders = Gen.Elements(OrderIds);
        var versions = Gen.Choose(1, 5);
        var steps = Gen.OneOf(
            orders.Zip(Gen.Choose(1, 9), (order, tens) => (Step)new CheckStep(order, tens * 10)),
            orders.Select(order => (Step)new ReleaseStep(order)),
            orders.Select(order => (Step)new CancelStep(order)),
            orders.Zip(Gen.Choose(0, 9), (order, tens) => (Step)new DeliveryStep(order, tens * 10)),
            Gen.Choose(0, 15).Select(tens => (Step)new LimitStep(tens * 10)),
            Gen.Choose(0, 5).Zip(versions, (invoice, version) => (Step)new InvoiceStep(invoice, version)),
            Gen.Choose(0, 5).Zip(versions, (invoice, version) => (Step)new CreditStep(invoice, version)),
            versions.Select(version => (Step)new DepositStep(version)),
            Gen.Choose(0, 3).Zip(Gen.Choose(-9, 9), (receipt, change) => (Step)new PayStep(receipt, change)),
            Gen.Choose(0, 3).Zip(versions, (receipt, version) => (Step)new CashStep(receipt, version)));
        var property = Prop.ForAll(steps.ListOf().ToArbitrary(), Holds);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(60), property);
    }

    [Fact]
    public void every_decision_made_twice_is_made_once()
    {
        var property = Prop.ForAll(
            (from invoice in Gen.Choose(0, 5) from version in Gen.Choose(1, 5) select (invoice, version)).ListOf()
                .ToArbitrary(),
            messages =>
            {
                var once = messages.Aggregate(Account(), (account, m) =>
                    Apply(account, new InvoiceStep(m.invoice, m.version)));
                var again =
                    messages.Aggregate(once, (account, m) => Apply(account, new InvoiceStep(m.invoice, m.version)));
                return ReferenceEquals(once, again);
            });
        FsCheck.Check.One(Config.QuickThrowOnFailure, property);
    }

    private static bool Holds(IList<Step> steps)
    {
        var account = Account();
        var seen = new List<Step>();
        foreach (var step in steps)
        {
            var decision = step.Decide(account);
            seen.Add(step);
            foreach (var e in decision.Events)
            {
                account = CreditAccount.Evolve(account, e);
                if (e is OrderApproved approved && approved.Exposure.Total > account.Limit!.Limit)
                    return false;
            }

            if (account.ExposureIn(account.Currency) != BruteForce(account, seen) || !IsUnsettled(account, seen))
                return false;
        }

        return true;
    }

    /// <summary>
    /// What may bounce on each day is what the newest messages say of the receipts of which it is known when they came,
    /// and all that was paid with them.
    /// </summary>
    private static bool IsUnsettled(CreditAccount account, List<Step> seen) =>
        Enumerable.Range(0, 4).All(days =>
        {
            var today = Today.AddDays(days);
            var may = seen.OfType<PayStep>().Where(step => Today.AddDays(step.Receipt) >= today)
                .GroupBy(step => step.Receipt).ToList();
            var cash = may.Select(steps => seen.OfType<CashStep>().Where(step => step.Receipt == steps.Key)
                .MaxBy(step => step.Version)).OfType<CashStep>().ToList();
            var paid = may.Sum(steps => steps.Aggregate(0, (sum, step) => Math.Max(0, sum + step.Change)));
            return account.UnsettledOn(today, account.Currency) == new UnsettledCash(
                Usd(cash.Sum(step => step.Unapplied)), Usd(paid + cash.Sum(step => step.Gone)));
        });

    private static Exposure BruteForce(CreditAccount account, List<Step> seen)
    {
        var invoices = seen.OfType<InvoiceStep>().GroupBy(step => step.Invoice)
            .Select(steps => steps.MaxBy(step => step.Version)!.Report).ToList();
        var cash = seen.OfType<CashStep>().GroupBy(step => step.Receipt)
            .Sum(steps => steps.MaxBy(step => step.Version)!.Unapplied);
        var orders = account.Orders.Values.Where(order => order.IsApproved).Sum(order => Math.Max(0,
            order.Amount.Amount - Math.Max(Billed(order.OrderId), Delivered(seen, order.OrderId))));
        var deliveries = OrderIds.Sum(order => Math.Max(0, Delivered(seen, order) - Billed(order)));
        return Exposure(invoices.Sum(i => i.Balance.Amount), orders, cash) with
        {
            UnbilledDeliveries = deliveries == 0 ? null : Usd(deliveries),
        };

        decimal Billed(string order) => invoices.Where(i => i.OrderId == order).Sum(i => Math.Max(
            0, Math.Min(i.Billed.Amount, Unused(i)) - Credited(i)));

        decimal Credited(ReportedReceivable invoice) => seen.OfType<CreditStep>()
            .Where(step => step.InvoiceId == invoice.InvoiceId).MaxBy(step => step.Version)?.Amount ?? 0;

        // What is told of a deposit before the deposit itself waits outside the account.
        decimal Unused(ReportedReceivable invoice) => invoice.InvoiceId != DepositStep.Id ? decimal.MaxValue
            : seen.SkipWhile(step => step is not InvoiceStep { Invoice: DepositStep.Invoice }).OfType<DepositStep>()
                .MaxBy(step => step.Version)?.Unused ?? decimal.MaxValue;
    }

    /// <summary>The last that was told of an order once it was known.</summary>
    private static decimal Delivered(List<Step> seen, string order) =>
        seen.SkipWhile(step => step is not CheckStep check || check.Order != order).OfType<DeliveryStep>()
            .LastOrDefault(step => step.Order == order)?.Amount ?? 0;

    private static CreditAccount Account() => CreditAccount.Evolve(CreditAccount.Initial, Opened);

    private static CreditAccount Apply(CreditAccount account, Step step) =>
        step.Decide(account).Events.Aggregate(account, CreditAccount.Evolve);

    private abstract record Step
    {
        public abstract Decision Decide(CreditAccount account);
    }

    private sealed record CheckStep(string Order, int Amount) : Step
    {
        public override Decision Decide(CreditAccount account) =>
            Some.Check(Order, Amount)(account);
    }

    private sealed record ReleaseStep(string Order) : Step
    {
        public override Decision Decide(CreditAccount account) => Some.Release(Order)(account);
    }

    private sealed record CancelStep(string Order) : Step
    {
        public override Decision Decide(CreditAccount account) => Some.Cancel(Order)(account);
    }

    private sealed record DeliveryStep(string Order, int Amount) : Step
    {
        public override Decision Decide(CreditAccount account) =>
            CreditDecider.Deliver(account, Order, Usd(Amount));
    }

    private sealed record LimitStep(int Amount) : Step
    {
        public override Decision Decide(CreditAccount account) =>
            LimitDecider.Set(account, Usd(Amount), null, Today);
    }

    /// <summary>
    /// An invoice has one amount and order for ever; odd ones are voided at last, the others paid off bit by bit.
    /// </summary>
    private sealed record InvoiceStep(int Invoice, int Version) : Step
    {
        private bool IsVoid => int.IsOddInteger(Invoice) && Version == 5;

        private decimal Amount => 10 + (Invoice * 7);

        public ReportedReceivable Report => Reported(
            IsVoid ? 0 : Amount, IsVoid ? 0 : Amount * (5 - Version) / 5, Invoice == 0 ? null
                : OrderIds[Invoice % 3], Version,
            Ids.From("invoice", $"{Invoice}"));

        public override Decision Decide(CreditAccount account) => ExposureDecider.RecordReceivables(account, [Report]);
    }

    /// <summary>A credit memo of the invoice; each version takes back another amount of it.</summary>
    private sealed record CreditStep(int Invoice, int Version) : Step
    {
        public Guid InvoiceId => Ids.From("invoice", $"{Invoice}");

        public decimal Amount => Version * 3 % 11;

        public override Decision Decide(CreditAccount account) => ExposureDecider.NoteCredit(
            account, InvoiceId, Ids.From("memo", $"{Invoice}"), Usd(Amount), Version, Today);
    }

    /// <summary>The invoice that is a deposit: invoices take of it and give it back.</summary>
    private sealed record DepositStep(int Version) : Step
    {
        public const int Invoice = 4;

        public static readonly Guid Id = Ids.From("invoice", $"{Invoice}");

        public decimal Unused => Version * 7 % 30;

        public override Decision Decide(CreditAccount account) =>
            ExposureDecider.NoteDeposit(account, Id, Usd(Unused), Version, Today);
    }

    private sealed record CashStep(int Receipt, int Version) : Step
    {
        public decimal Unapplied => (Receipt * 13) + (Version * 5 % 7);

        public decimal Gone => Version * 11 % 5;

        public override Decision Decide(CreditAccount account) => ExposureDecider.RecordUnappliedCash(
            account, Ids.From("receipt", $"{Receipt}"), Usd(Unapplied), Version, gone: Usd(Gone));
    }

    /// <summary>Something is paid with a receipt, or taken back, and with it it is known when that came.</summary>
    private sealed record PayStep(int Receipt, int Change) : Step
    {
        public override Decision Decide(CreditAccount account) => ExposureDecider.Pay(
            account, Ids.From("receipt", $"{Receipt}"), Usd(Change), new Booking(Today, Today.AddDays(Receipt)));
    }
}
