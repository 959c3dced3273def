using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>What may be deducted from an installment that is paid early.</summary>
/// <param name="Rate">Of the open amount; 0.02 is 2 %.</param>
/// <param name="Until">Last day on which the money must count at the bank.</param>
/// <param name="GraceDays">Days after it on which the deduction is still accepted.</param>
public sealed record CashDiscount(decimal Rate, DateOnly Until, int GraceDays = 0)
{
    /// <summary>
    /// What may be deducted from this open amount for money of this day: the base is what is still open, so a part paid
    /// before without deduction earns nothing afterwards.
    /// </summary>
    public Money On(Money open, DateOnly valueDate) =>
        valueDate <= Until.AddDays(GraceDays) ? open.Times(Rate) : Money.Zero(open.Currency);
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

    private PaymentTerms()
    {
    }

    /// <summary>What is due when for an invoice of this date and total; nothing is due before the invoice.</summary>
    public IReadOnlyList<Installment> Schedule(
        DateOnly invoiceDate, Money total, WorkingCalendar? calendar = null, int discountGraceDays = 0)
    {
        var parts = Parts(invoiceDate);
        var amounts = total.Split([.. parts.Select(part => part.Weight)]);
        var discount = DiscountOf(invoiceDate, discountGraceDays);
        return
        [
            .. parts.Zip(amounts, (part, amount) => (part.Due, Amount: amount))
                .Where(part => part.Amount.IsPositive)
                .Select((part, index) => new Installment(
                    index + 1, Later(calendar?.Roll(part.Due) ?? part.Due, invoiceDate), part.Amount, discount)),
        ];
    }

    /// <summary>The one spelling under which the terms are kept and compared.</summary>
    public abstract override string ToString();

    /// <summary>True and the terms when the text is understood; see <see cref="TermsText"/>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PaymentTerms? terms) =>
        (terms = TermsText.Read(text ?? "")) is not null;

    /// <summary>Terms kept in an event; throws where the text is none.</summary>
    public static PaymentTerms Parse(string text) =>
        TryParse(text, out var terms) ? terms : throw new FormatException($"'{text}' are no payment terms.");

    /// <summary>Due dates, each with its share of the total, in order.</summary>
    protected abstract IReadOnlyList<(DateOnly Due, decimal Weight)> Parts(DateOnly invoiceDate);

    /// <summary>What may be deducted for paying early; nothing by default.</summary>
    protected virtual CashDiscount? DiscountOf(DateOnly invoiceDate, int graceDays) => null;

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    /// <summary>All of it, this many days after the invoice date.</summary>
    public sealed record Net(int Days) : PaymentTerms
    {
        public override string ToString() => TermsText.Of($"NET {Days}");

        protected override IReadOnlyList<(DateOnly Due, decimal Weight)> Parts(DateOnly invoiceDate) =>
            [(invoiceDate.AddDays(Days), 1)];
    }

    /// <summary>All of it net, or less for paying early: <c>2/10 NET 30</c>.</summary>
    /// <param name="Percent">Above 0, below 100, up to 4 decimals.</param>
    /// <param name="DiscountDays">Days after the invoice date on which it may be deducted.</param>
    /// <param name="Days">Days after the invoice date on which all is due.</param>
    public sealed record Discounted(decimal Percent, int DiscountDays, int Days) : PaymentTerms
    {
        public override string ToString() => TermsText.Of($"{Percent:0.####}/{DiscountDays} NET {Days}");

        protected override IReadOnlyList<(DateOnly Due, decimal Weight)> Parts(DateOnly invoiceDate) =>
            [(invoiceDate.AddDays(Days), 1)];

        protected override CashDiscount DiscountOf(DateOnly invoiceDate, int graceDays) =>
            new(Percent / 100, invoiceDate.AddDays(DiscountDays), graceDays);
    }

    /// <summary>All of it on the day of the invoice.</summary>
    public sealed record OnReceipt : PaymentTerms
    {
        public override string ToString() => "DUE ON RECEIPT";

        protected override IReadOnlyList<(DateOnly Due, decimal Weight)> Parts(DateOnly invoiceDate) =>
            [(invoiceDate, 1)];
    }

    /// <summary>All of it, this many days after the end of the invoice's month.</summary>
    public sealed record EndOfMonth(int Days) : PaymentTerms
    {
        public override string ToString() => Days == 0 ? "EOM" : TermsText.Of($"EOM + {Days}");

        protected override IReadOnlyList<(DateOnly Due, decimal Weight)> Parts(DateOnly invoiceDate) =>
            [(DayOf(invoiceDate, 31).AddDays(Days), 1)];
    }

    /// <summary>All of it on the first such day of a month after the invoice date; 31 is the last day.</summary>
    public sealed record FixedDay(int Day) : PaymentTerms
    {
        public override string ToString() => TermsText.Of($"DAY {Day}");

        protected override IReadOnlyList<(DateOnly Due, decimal Weight)> Parts(DateOnly invoiceDate)
        {
            var due = DayOf(invoiceDate, Day);
            return [(due > invoiceDate ? due : DayOf(invoiceDate.AddMonths(1), Day), 1)];
        }
    }

    /// <summary>Several installments, each a percentage after a number of days.</summary>
    public sealed record Split(IReadOnlyList<(decimal Percent, int Days)> Shares) : PaymentTerms
    {
        /// <summary>More parts than this are no terms of payment but a plan.</summary>
        public const int MaxParts = 12;

        public bool Equals(Split? other) => other is not null && Shares.SequenceEqual(other.Shares);

        public override int GetHashCode() => Shares.Count;

        public override string ToString() => Shares.Select(share => share.Percent).Distinct().Count() == 1
            ? $"SPLIT {string.Join('/', Shares.Select(share => share.Days))}"
            : $"SPLIT {string.Join(' ', Shares.Select(Text))}";

        private static string Text((decimal Percent, int Days) share) =>
            TermsText.Of($"{share.Percent:0.####}%@{share.Days}");

        protected override IReadOnlyList<(DateOnly Due, decimal Weight)> Parts(DateOnly invoiceDate) =>
            [.. Shares.Select(share => (invoiceDate.AddDays(share.Days), share.Percent))];
    }

    private static DateOnly DayOf(DateOnly month, int day) =>
        new(month.Year, month.Month, Math.Min(day, DateTime.DaysInMonth(month.Year, month.Month)));
}
