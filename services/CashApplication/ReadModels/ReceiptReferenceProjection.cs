using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>receipt_references</c>: what others may call a receipt.</summary>
public sealed class ReceiptReferenceProjection : Projection
{
    /// <summary>A check by its number, which no bank's reference looks like.</summary>
    public static string OfCheck(string number) => $"check:{number.TrimStart('0')}";

    public ReceiptReferenceProjection()
        : base("receipt_references", "receipt_references") =>
        OnEach<ReceiptRecorded, (Guid Id, string Account, string Reference)>(
            e => References(e.Data).Select(reference => (e.StreamId, e.Data.BankAccount!, reference)),
            "insert into receipt_references (receipt_id, bank_account, reference) select * from unnest($1, $2, $3)",
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
