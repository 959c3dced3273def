using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>What may be deducted from an installment that is paid early.</summary>
/// <param name="Rate">Of the open amount; 0.02 is 2 %.</param>
/// <param name="Until">Last day on which the money must count at the bank.</param>
/// <param name="GraceDays">Days after it on which the deduction is still accepted.</param>
/// <param name="Unearned">How far it may be deducted later still, without being earned; null for not at all.</param>
public sealed record CashDiscount(
    decimal Rate, DateOnly Until, int GraceDays = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UnearnedDiscountBound? Unearned = null)
{
    /// <summary>Last day on which it is earned.</summary>
    [JsonIgnore]
    public DateOnly LastDay => Until.AddDays(GraceDays);

    /// <summary>
    /// What may be deducted from this open amount for money of this day: the base is what is still open, so a part paid
    /// before without deduction earns nothing afterwards.
    /// </summary>
    public Money On(Money open, DateOnly valueDate) =>
        valueDate <= LastDay ? open.Times(Rate) : Money.Zero(open.Currency);

    /// <summary>
    /// What may be deducted from this open amount for money of this day without being earned: the same rate, within the
    /// days and the amount that were agreed; nothing as long as it is earned.
    /// </summary>
    /// <param name="open">What the money settles.</param>
    /// <param name="valueDate">When the money counts at the bank.</param>
    /// <param name="taken">What was deducted of the installment without being earned before.</param>
    public Money UnearnedOn(Money open, DateOnly valueDate, Money taken)
    {
        var none = Money.Zero(open.Currency);
        if (Unearned is not { } bound || valueDate <= LastDay || valueDate > bound.LastDay(LastDay))
            return none;
        var asked = open.Times(Rate);
        return bound.UpTo is { } most
            ? Money.Max(none, Money.Min(asked, Money.Round(most, open.Currency) - taken))
            : asked;
    }
}

/// <summary>How far a cash discount is accepted that was not earned; at least one of the two bounds it.</summary>
/// <param name="Days">So many days after the last one on which it is earned; null for no end.</param>
/// <param name="UpTo">So much of an installment, in the invoice's currency; null for no bound.</param>
public sealed record UnearnedDiscountBound(int? Days, decimal? UpTo)
{
    /// <summary>Last day on which it may be deducted.</summary>
    public DateOnly LastDay(DateOnly earnedUntil) => Days is { } days ? earnedUntil.AddDays(days) : DateOnly.MaxValue;
}

/// <summary>One due date and what is due on it: the open item of an invoice.</summary>
/// <param name="Number">From 1, in the order of the due dates.</param>
/// <param name="DueDate">Last day to pay; a working day where the legal entity wants one.</param>
/// <param name="Amount">Above zero; the installments sum to the total exactly.</param>
/// <param name="Discount">For paying early, or null.</param>
/// <param name="Base">Its share of the total in the books' currency; null where that is the invoice's.</param>
public sealed record Installment(
    int Number, DateOnly DueDate, Money Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CashDiscount? Discount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Base = null);

/// <summary>
/// When an invoice must be paid. Events keep terms as text (<see cref="ToString"/>), so a new kind of terms is a new
/// case here and no new event.
/// </summary>
public abstract record PaymentTerms
{
    /// <summary>Further away no due date may be.</summary>
    public const int MaxDays = 365;

    private const int LastDayOfMonth = 31;

    private PaymentTerms()
    {
    }

    /// <summary>What is due when for an invoice of this date and total; nothing is due before the invoice.</summary>
    /// <param name="invoiceDate">Date on the invoice.</param>
    /// <param name="total">What is billed.</param>
    /// <param name="calendar">Working days for due dates; null where they stay.</param>
    /// <param name="discountGraceDays">Days after a discount date on which the deduction is still accepted.</param>
    /// <param name="discounts">Whether discounts may be deducted; null where they may once they are earned.</param>
    public IReadOnlyList<Installment> Schedule(
        DateOnly invoiceDate, Money total, WorkingCalendar? calendar = null, int discountGraceDays = 0,
        DiscountClause? discounts = null)
    {
        var parts = Parts(invoiceDate);
        var amounts = total.Split([.. parts.Select(part => part.Weight)]);
        return
        [
            .. parts.Zip(amounts, (part, amount) => (part.Due, part.Early, Amount: amount))
                .Where(part => part.Amount.IsPositive)
                .Select((part, index) => new Installment(
                    index + 1, Later(calendar?.Roll(part.Due) ?? part.Due, invoiceDate), part.Amount,
                    part.Early is not { } early || discounts?.Allow == DiscountAllowance.None
                        ? null
                        : new CashDiscount(early.Percent / 100, early.Until, discountGraceDays, discounts?.Unearned))),
        ];
    }

    /// <summary>The same due dates without a discount for paying early.</summary>
    public virtual PaymentTerms WithoutDiscount() => this;

    /// <summary>The one spelling under which the terms are kept and compared.</summary>
    public abstract override string ToString();

    /// <summary>True and the terms when the text is understood; see <see cref="TermsText"/>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PaymentTerms? terms) =>
        (terms = TermsText.Read(text ?? "")) is not null;

    /// <summary>Terms kept in an event; throws where the text is none.</summary>
    public static PaymentTerms Parse(string text) =>
        TryParse(text, out var terms) ? terms : throw new FormatException($"'{text}' are no payment terms.");

    /// <summary>Due dates in order, each with its share of the total and what paying it early earns.</summary>
    protected abstract IReadOnlyList<Part> Parts(DateOnly invoiceDate);

    /// <summary>What is due on one day.</summary>
    /// <param name="Due">Before it is moved to a working day.</param>
    /// <param name="Weight">Its share of the total, in proportion to the other parts.</param>
    /// <param name="Early">How much may be deducted for paying by which day; null for nothing.</param>
    protected readonly record struct Part(
        DateOnly Due, decimal Weight = 1, (decimal Percent, DateOnly Until)? Early = null);

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    /// <summary>All of it, this many days after the invoice date.</summary>
    public sealed record Net(int Days) : PaymentTerms
    {
        public override string ToString() => TermsText.Of($"NET {Days}");

        protected override IReadOnlyList<Part> Parts(DateOnly invoiceDate) => [new(invoiceDate.AddDays(Days))];
    }

    /// <summary>All of it net, or less for paying early: <c>2/10 NET 30</c>.</summary>
    /// <param name="Percent">Above 0, below 100, up to 4 decimals.</param>
    /// <param name="DiscountDays">Days after the invoice date on which it may be deducted.</param>
    /// <param name="Days">Days after the invoice date on which all is due.</param>
    public sealed record Discounted(decimal Percent, int DiscountDays, int Days) : PaymentTerms
    {
        public override PaymentTerms WithoutDiscount() => new Net(Days);

        public override string ToString() => TermsText.Of($"{Percent:0.####}/{DiscountDays} NET {Days}");

        protected override IReadOnlyList<Part> Parts(DateOnly invoiceDate) =>
            [new(invoiceDate.AddDays(Days), Early: (Percent, invoiceDate.AddDays(DiscountDays)))];
    }

    /// <summary>All of it on the day of the invoice.</summary>
    public sealed record OnReceipt : PaymentTerms
    {
        public override string ToString() => "DUE ON RECEIPT";

        protected override IReadOnlyList<Part> Parts(DateOnly invoiceDate) => [new(invoiceDate)];
    }

    /// <summary>All of it, this many days after the end of the invoice's month.</summary>
    public sealed record EndOfMonth(int Days) : PaymentTerms
    {
        public override string ToString() => Days == 0 ? "EOM" : TermsText.Of($"EOM + {Days}");

        protected override IReadOnlyList<Part> Parts(DateOnly invoiceDate) =>
            [new(DayOf(invoiceDate, LastDayOfMonth).AddDays(Days))];
    }

    /// <summary>
    /// All of it, this many days after the end of the invoice's month, or less for paying early: <c>2/10 EOM + 30</c>.
    /// </summary>
    /// <param name="Percent">Above 0, below 100, up to 4 decimals.</param>
    /// <param name="DiscountDays">Days after the end of the month on which it may be deducted.</param>
    /// <param name="Days">Days after the end of the month on which all is due.</param>
    public sealed record DiscountedEndOfMonth(decimal Percent, int DiscountDays, int Days) : PaymentTerms
    {
        public override PaymentTerms WithoutDiscount() => new EndOfMonth(Days);

        public override string ToString() => TermsText.Of($"{Percent:0.####}/{DiscountDays} {new EndOfMonth(Days)}");

        protected override IReadOnlyList<Part> Parts(DateOnly invoiceDate)
        {
            var end = DayOf(invoiceDate, LastDayOfMonth);
            return [new(end.AddDays(Days), Early: (Percent, end.AddDays(DiscountDays)))];
        }
    }

    /// <summary>All of it on the first such day of a month after the invoice date; 31 is the last day.</summary>
    public sealed record FixedDay(int Day) : PaymentTerms
    {
        public override string ToString() => TermsText.Of($"DAY {Day}");

        protected override IReadOnlyList<Part> Parts(DateOnly invoiceDate)
        {
            var due = DayOf(invoiceDate, Day);
            return [new(due > invoiceDate ? due : DayOf(invoiceDate.AddMonths(1), Day))];
        }
    }

    /// <summary>One of several installments.</summary>
    /// <param name="Percent">Of the total; the same for all of them where they are equal.</param>
    /// <param name="Days">Days after the invoice date on which it is due.</param>
    /// <param name="Early">Percent that may be deducted, and days after the invoice date on which; or null.</param>
    public sealed record Share(decimal Percent, int Days, (decimal Percent, int Days)? Early = null)
    {
        public override string ToString() => Early is { } early
            ? TermsText.Of($"{Percent:0.####}%@{Days}:{early.Percent:0.####}/{early.Days}")
            : TermsText.Of($"{Percent:0.####}%@{Days}");
    }

    /// <summary>
    /// Several installments, each a percentage after a number of days, and each with a cash discount of its own where
    /// it has one: <c>SPLIT 50%@30:2/10 50%@60:2/40</c>.
    /// </summary>
    public sealed record Split(IReadOnlyList<Share> Shares) : PaymentTerms
    {
        /// <summary>More parts than this are no terms of payment but a plan.</summary>
        public const int MaxParts = 12;

        public bool Equals(Split? other) => other is not null && Shares.SequenceEqual(other.Shares);

        public override int GetHashCode() => Shares.Count;

        public override PaymentTerms WithoutDiscount() =>
            new Split([.. Shares.Select(share => share with { Early = null })]);

        public override string ToString() =>
            Shares.All(share => share.Early is null && share.Percent == Shares[0].Percent)
            ? $"SPLIT {string.Join('/', Shares.Select(share => share.Days))}"
            : $"SPLIT {string.Join(' ', Shares)}";

        protected override IReadOnlyList<Part> Parts(DateOnly invoiceDate) =>
        [
            .. Shares.Select(share => new Part(
                invoiceDate.AddDays(share.Days), share.Percent,
                share.Early is { } early ? (early.Percent, invoiceDate.AddDays(early.Days)) : null)),
        ];
    }

    private static DateOnly DayOf(DateOnly month, int day) =>
        new(month.Year, month.Month, Math.Min(day, DateTime.DaysInMonth(month.Year, month.Month)));
}
