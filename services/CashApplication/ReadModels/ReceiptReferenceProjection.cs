using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>receipt_references</c>: what others may call a receipt.</summary>
public sealed class ReceiptReferenceProjection : Projection
{
    /// <summary>A check by its number, which no bank's reference looks like.</summary>
    public static string OfCheck(string number) => $"check:{number.TrimStart('0')}";

    public ReceiptReferenceProjection()
        : base("receipt_references", "receipt_references")
    {
        Names<ReceiptRecorded>(e => e.BankAccount, References);
        Names<ReceiptCleared>(e => e.BankAccount, e => (e.Source.References ?? []).Concat(e.Remittance)
            .Concat(Entered(e.CheckNumber, e.ProcessorReference)));
        Names<ReceiptAnnounced>(e => e.BankAccount, e => Entered(e.CheckNumber, e.ProcessorReference));

        // What a credit was called are names of the receipts that were entered for its money.
        OnEach<ReceiptReversed, Guid>(
            e => e.Data.Entered is null ? [] : [e.StreamId],
            "delete from receipt_references where receipt_id = any($1)", rows => rows.Column(id => id));
    }

    private static IEnumerable<string> Entered(string? checkNumber, string? processorReference) =>
        (checkNumber is { } check ? [OfCheck(check)] : Array.Empty<string>())
            .Concat(processorReference is { } reference ? [reference] : []);

    /// <summary>Of one that is cleared the account is known now, also for what it was called before.</summary>
    private void Names<TEvent>(Func<TEvent, string?> account, Func<TEvent, IEnumerable<string>> references) =>
        OnEach<TEvent, (Guid Id, string Account, string Reference)>(
            e => account(e.Data) is not { } code ? [] : references(e.Data)
                .Where(reference => reference.Length is >= 4 and <= 200).Distinct(StringComparer.Ordinal)
                .Select(reference => (e.StreamId, code, reference)),
            "insert into receipt_references (receipt_id, bank_account, reference) select * from unnest($1, $2, $3) " +
            "on conflict do nothing",
            rows => rows.Column(row => row.Id).Column(row => row.Account).Column(row => row.Reference));

    /// <summary>
    /// Those of its source, and the number of its check; a receipt that was entered is called by the reference it was
    /// entered with.
    /// </summary>
    private static IEnumerable<string> References(ReceiptRecorded receipt) => receipt.BankAccount is null
        ? []
        : (receipt.Source is { } source ? source.References ?? [] : receipt.Remittance)
            .Where(reference => reference.Length is >= 4 and <= 200)
            .Concat(receipt.CheckNumber is { } check ? [OfCheck(check)] : [])
            .Distinct(StringComparer.Ordinal);
}
