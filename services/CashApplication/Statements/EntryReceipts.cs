using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>Makes receipts of an entry: one for each of its payments where they are told in full, else one.</summary>
public static class EntryReceipts
{
    /// <summary>The receipts of a credit.</summary>
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
            yield return Receipt(entry, details, [details], details.Amount!.Value, index + 1);
        }

        IncomingReceipt Receipt(
            StatementEntry e, TransactionDetails? payment, IReadOnlyList<TransactionDetails> told, Money amount,
            int detail) =>
            new(ReceiptStream.IdOf(bankAccount, key, detail), EntryClassification.MethodOf(e, payment), amount,
                valueDate, PayerOf(payment), Remittance(e, told), [], payment?.CheckNumber, source with { Detail = detail });
    }

    /// <summary>
    /// True when the payments in the entry are its credits and sum to it: only then each is money of its own.
    /// </summary>
    private static bool IsToldInFull(StatementEntry entry) =>
        entry.Details.Count > 1 &&
        entry.Details.All(details =>
            details.Amount is { IsPositive: true } amount && amount.Currency == entry.Amount.Currency &&
            (details.Movement ?? entry.Movement) == entry.Movement) &&
        entry.Details.Sum(details => details.Amount!.Value.Amount) == entry.Amount.Amount;

    private static Payer PayerOf(TransactionDetails? payment) => payment is null
        ? new Payer(null, null)
        : new Payer(payment.Debtor.Name ?? payment.Debtor.UltimateName, payment.Debtor.Account?.ToUpperInvariant());

    private static string[] Remittance(StatementEntry entry, IReadOnlyList<TransactionDetails> told) =>
    [
        .. told.SelectMany(Lines)
            .Append(entry.AdditionalInformation)
            .OfType<string>()
            .Where(line => !string.IsNullOrWhiteSpace(line))
            .Distinct(StringComparer.Ordinal),
    ];

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
