using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>Makes receipts of an entry: one for each of its payments where they are told in full, else one.</summary>
public static class EntryReceipts
{
    /// <summary>A reference of a few characters says nothing.</summary>
    private const int ShortestReference = 4;

    private const int MostReferences = 8;

    /// <summary>
    /// Stands before the number of a mandate: it names the payer's agreement and each of its payments, never one.
    /// </summary>
    public const string MandatePrefix = "mandate:";

    /// <summary>What banks write where there is no reference.</summary>
    private static readonly HashSet<string> Fillers = new(StringComparer.OrdinalIgnoreCase)
    {
        "NONREF", "NOREF", "NOTPROVIDED", "NOT PROVIDED", "NONE", "UNKNOWN", "KREF+", "EREF+",
    };

    /// <summary>How many receipts a credit becomes.</summary>
    public static int CountOf(StatementEntry entry) => IsToldInFull(entry)
        ? entry.Details.Count(details => details.ReturnReason is null)
        : 1;

    /// <summary>The receipts of a credit; payments of ours that come back in it are none.</summary>
    /// <param name="entry">The credit.</param>
    /// <param name="bankAccount">Code of the account.</param>
    /// <param name="key">The entry's key within the account's history.</param>
    /// <param name="valueDate">Day the money counts.</param>
    /// <param name="source">Where the entry stands.</param>
    public static IEnumerable<IncomingReceipt> Of(
        StatementEntry entry, string bankAccount, string key, DateOnly valueDate, ReceiptSource source)
    {
        if (!IsToldInFull(entry))
        {
            var only = entry.Details is [var single] ? single : null;
            yield return Receipt(entry, only, entry.Details, entry.Amount, 0);
            yield break;
        }

        for (var index = 0; index < entry.Details.Count; index++)
        {
            var details = entry.Details[index];
            if (details.ReturnReason is not null)
                continue;
            yield return Receipt(entry, details, [details], details.Amount!.Value, index + 1);
        }

        IncomingReceipt Receipt(
            StatementEntry e, TransactionDetails? payment, IReadOnlyList<TransactionDetails> told, Money amount,
            int detail) =>
            new(ReceiptStream.IdOf(bankAccount, key, detail), EntryClassification.MethodOf(e, payment), amount,
                valueDate, PayerOf(payment), Remittance(e, told), [.. told.SelectMany(Documents)], payment?.CheckNumber,
                source with
                {
                    Detail = detail,
                    References = References(e, told),
                    OwnReference = payment is null ? null : OwnReference(e, payment),
                },
                ChargesOf(e, told, amount, isAlone: detail == 0));
    }

    /// <summary>
    /// What banks kept of a payment, in its currency: as it is told of the payment, or of the entry that is all of it.
    /// Nothing where what was sent is told too, and is not what came and they together: they were charged elsewhere.
    /// </summary>
    private static BankCharges? ChargesOf(
        StatementEntry entry, IReadOnlyList<TransactionDetails> told, Money came, bool isAlone)
    {
        var (charges, bearer) = told is [{ Charges.Count: > 0 } payment]
            ? (payment.IncludedCharges, payment.ChargeBearer)
            : isAlone ? (entry.IncludedCharges, entry.ChargeBearer) : ([], null);
        var kept = Money.Sum(charges.Where(charge => charge.Currency == came.Currency), came.Currency);
        if (!kept.IsPositive || (SentBy(told, came.Currency) is { } sent && sent != came + kept))
            return null;
        return new BankCharges(kept, bearer switch
        {
            "DEBT" => ChargeBearer.Payer,
            "CRED" => ChargeBearer.Payee,
            "SHAR" or "SLEV" => ChargeBearer.Shared,
            _ => ChargeBearer.Untold,
        });
    }

    /// <summary>What was sent; null where that is not told of each payment in the currency.</summary>
    private static Money? SentBy(IReadOnlyList<TransactionDetails> told, Currency currency)
    {
        Money[] sent =
        [
            .. told.Select(payment => new[] { payment.InstructedAmount, payment.Amount }.OfType<Money>()
                    .FirstOrDefault(amount => amount.Currency == currency))
                .Where(amount => amount.IsPositive),
        ];
        return sent.Length == 0 || sent.Length < told.Count ? null : Money.Sum(sent, currency);
    }

    /// <summary>What a payment that comes back, or another file about it, may call it.</summary>
    public static IReadOnlyList<string> References(
        StatementEntry entry, IReadOnlyList<TransactionDetails> payments) =>
    [
        .. payments.SelectMany(payment => new[]
            {
                payment.EndToEndId, payment.TransactionId, payment.BankReference,
            })
            .Append(entry.BankReference)
            .OfType<string>()
            .Where(SaysSomething)
            .Concat(payments.Select(payment => payment.MandateId).OfType<string>().Where(SaysSomething)
                .Select(mandate => MandatePrefix + mandate))
            .Distinct(StringComparer.Ordinal)
            .Take(MostReferences),
    ];

    /// <summary>
    /// What names the payment and no other of its payer, also where it comes back: the reference from end to end; in
    /// files of the ACH the trace number, for an individual's identification is that of the payer there.
    /// </summary>
    public static string? OwnReference(StatementEntry entry, TransactionDetails payment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(payment);
        var own = entry.TransactionCode?.Issuer == "NACHA"
            ? payment.TransactionId ?? payment.BankReference
            : payment.EndToEndId;
        return own is not null && SaysSomething(own) ? own : null;
    }

    /// <summary>False of what is too short, and of what banks write where there is no reference.</summary>
    public static bool SaysSomething(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Length >= ShortestReference && !Fillers.Contains(reference.Trim())
            && reference.Any(letter => char.IsLetter(letter) || letter is >= '1' and <= '9');
    }

    /// <summary>
    /// True when the payments in the entry are its credits and sum to it: only then each is money of its own.
    /// </summary>
    internal static bool IsToldInFull(StatementEntry entry) =>
        entry.Details.Count > 1 &&
        entry.Details.All(details =>
            details.Amount is { IsPositive: true } amount && amount.Currency == entry.Amount.Currency &&
            (details.Movement ?? entry.Movement) == entry.Movement) &&
        entry.Details.Sum(details => details.Amount!.Value.Amount) == entry.Amount.Amount;

    private static Payer PayerOf(TransactionDetails? payment) => payment is null
        ? new Payer(null, null)
        : new Payer(
            payment.Debtor.Name ?? payment.Debtor.UltimateName, payment.Debtor.Account?.ToUpperInvariant(),
            payment.Debtor.RoutingNumber?.ToUpperInvariant());

    private static string[] Remittance(StatementEntry entry, IReadOnlyList<TransactionDetails> told) =>
    [
        .. told.SelectMany(Lines)
            .Append(entry.AdditionalInformation)
            .OfType<string>()
            .Where(line => !string.IsNullOrWhiteSpace(line))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Documents that the payment names in fields.</summary>
    private static IEnumerable<RemittanceLine> Documents(TransactionDetails details) => details.StructuredRemittance
        .SelectMany(block => block.Documents.Select((document, index) => new RemittanceLine(
            document.Number, document.Type, index == 0 ? block.RemittedAmount : null,
            index == 0 ? block.DueAmount : null, index == 0 ? block.DiscountTaken : null, [])));

    private static IEnumerable<string?> Lines(TransactionDetails details) =>
    [
        .. details.UnstructuredRemittance,
        .. details.StructuredRemittance.SelectMany(block =>
            block.Documents.Select(document => document.Number)
                .Append(block.CreditorReference?.Value)
                .Concat(block.AdditionalInformation)),
        details.EndToEndId,
        details.AdditionalInformation,
    ];
}
