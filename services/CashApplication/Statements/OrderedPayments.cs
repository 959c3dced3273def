using System.Text.RegularExpressions;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// Finds in a debit what our payment files call their payments: the identifier of a refund (reference from end to end)
/// or of the file (payment information, message), in its field or in any text of the bank's. Whether there is such a
/// refund or file is not known here. Pure.
/// </summary>
public static partial class OrderedPayments
{
    /// <summary>No bank repeats more of an entry or payment than this.</summary>
    private const int MostNames = 1_000;

    /// <summary>
    /// The payments of a debit: each where all are told and name something, else the entry as a whole; null where
    /// nothing is named.
    /// </summary>
    public static IReadOnlyList<OrderedPayment>? Of(StatementEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (EntryReceipts.IsToldInFull(entry))
        {
            OrderedPayment[] told =
            [
                .. entry.Details.Select((details, index) =>
                    new OrderedPayment(index + 1, details.Amount!.Value, Names(Texts(details)))),
            ];
            if (told.All(payment => payment.Names.Count > 0))
                return told;
        }

        var names = Names([entry.OrderReference, entry.AdditionalInformation, .. entry.Details.SelectMany(Texts)]);
        return names.Count == 0 ? null : [new OrderedPayment(0, entry.Amount, names)];
    }

    private static IEnumerable<string?> Texts(TransactionDetails details) =>
    [
        details.EndToEndId, details.OrderReference, details.TransactionId, details.AdditionalInformation,
        string.Concat(details.UnstructuredRemittance),
    ];

    /// <summary>Banks break long texts anywhere, and some write identifiers in their own way.</summary>
    private static IReadOnlyList<Guid> Names(IEnumerable<string?> texts) =>
    [
        .. texts.OfType<string>()
            .Select(text => Separators().Replace(text, ""))
            .SelectMany(text => Identifier().Matches(text))
            .Select(match => Guid.ParseExact(match.Groups["id"].Value, "N"))
            .Distinct()
            .Take(MostNames),
    ];

    [GeneratedRegex(@"[\s-]", RegexOptions.None, 1000)]
    private static partial Regex Separators();

    /// <summary>
    /// A UUID of version 7 or 8 without hyphens, wherever it begins: what stands before it may be letters, too.
    /// </summary>
    [GeneratedRegex(
        @"(?=(?<id>[0-9a-f]{12}[78][0-9a-f]{3}[89ab][0-9a-f]{15}))",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Identifier();
}
