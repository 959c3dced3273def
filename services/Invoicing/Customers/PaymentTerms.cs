using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>One due date and what is due on it: the open item of an invoice.</summary>
public sealed record Installment(int Number, DateOnly DueDate, Money Amount);

/// <summary>
/// When an invoice must be paid. Events keep terms as text (<see cref="ToString"/>), so a new kind of terms is a new
/// case here and no new event. Installments always sum to the total exactly.
/// </summary>
public abstract partial record PaymentTerms
{
    private PaymentTerms()
    {
    }

    /// <summary>What is due when for an invoice of this date and total.</summary>
    public abstract IReadOnlyList<Installment> Schedule(DateOnly invoiceDate, Money total);

    /// <summary>The one spelling under which the terms are kept and compared.</summary>
    public abstract override string ToString();

    /// <summary>True and the terms when the text is understood: <c>NET n</c>, n from 0 to 365.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PaymentTerms? terms)
    {
        terms = NetFormat().Match(text ?? "") is { Success: true } net
            && int.Parse(net.Groups["days"].ValueSpan, CultureInfo.InvariantCulture) is var days and <= Net.MaxDays
                ? new Net(days)
                : null;
        return terms is not null;
    }

    /// <summary>Terms kept in an event; throws where the text is none.</summary>
    public static PaymentTerms Parse(string text) =>
        TryParse(text, out var terms) ? terms : throw new FormatException($"'{text}' are no payment terms.");

    [GeneratedRegex(@"^NET ?(?<days>[0-9]{1,3})\z", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex NetFormat();

    /// <summary>All of it, this many days after the invoice date.</summary>
    public sealed record Net(int Days) : PaymentTerms
    {
        public const int MaxDays = 365;

        public override IReadOnlyList<Installment> Schedule(DateOnly invoiceDate, Money total) =>
            [new Installment(1, invoiceDate.AddDays(Days), total)];

        public override string ToString() => $"NET {Days}";
    }
}
