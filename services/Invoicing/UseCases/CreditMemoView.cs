using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What one application of a credit memo settles.</summary>
public sealed record CreditApplicationView(
    Guid Id, Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount);

/// <summary>What of a credit memo was paid back and did not come back.</summary>
/// <param name="Reference">Of the payment.</param>
/// <param name="PaidOn">Day of its posting.</param>
public sealed record CreditRefundView(Guid Id, Money Amount, string Reference, DateOnly PaidOn);

/// <summary>What is kept of a credit memo for a refund.</summary>
/// <param name="Reference">Of the payment.</param>
/// <param name="IsApproved">True where cash application is to pay it, false where it waits for an approval.</param>
public sealed record AwaitedRefundView(Guid Id, Money Amount, string Reference, bool IsApproved);

/// <summary>A credit memo as the API shows it.</summary>
/// <param name="InvoiceId">The invoice it credits, or null for one on account.</param>
/// <param name="Open">What is neither applied nor paid back.</param>
/// <param name="ExchangeRate">Booked rate; null where it is in the books' currency.</param>
/// <param name="BaseOpen">What is open in the books' currency by that rate; null where there is none.</param>
/// <param name="Available">What may be applied or paid back: what is open and kept for no refund.</param>
/// <param name="AwaitedRefunds">Refunds that wait for an approval, or to be paid by cash application.</param>
public sealed record CreditMemoView(
    Guid Id, string Number, string LegalEntity, Guid CustomerId, CreditMemoStatus Status, DateOnly CreditDate,
    CreditReason Reason, Guid? InvoiceId, string? InvoiceNumber, Money Net, Money Tax, Money Total, Money Open,
    IReadOnlyList<CreditApplicationView> Applications, IReadOnlyList<CreditRefundView> Refunds,
    IReadOnlyList<InvoiceLine> Lines, ExchangeRate? ExchangeRate, Money? BaseOpen, long Version, Money Available,
    IReadOnlyList<AwaitedRefundView> AwaitedRefunds)
{
    public static CreditMemoView Of(Guid id, CreditMemo memo, long version)
    {
        var issued = memo.Issued!;
        return new CreditMemoView(
            id, issued.Number, issued.Books.LegalEntity, issued.CustomerId, memo.Status, issued.CreditDate,
            issued.Reason, issued.InvoiceId, issued.InvoiceNumber, issued.Net, issued.Tax, issued.Total, memo.Open,
            [.. memo.Applications.Select(one => new CreditApplicationView(
                one.Key, one.Value.InvoiceId, one.Value.InvoiceNumber, one.Value.Installment, one.Value.Amount))],
            [.. memo.Refunds.Select(one => new CreditRefundView(
                one.Key, one.Value.Amount, one.Value.Reference, one.Value.PaidOn))],
            issued.Lines, issued.Rate, memo.BaseOf(memo.Open), version, memo.Available,
            [.. memo.Reserved.Select(one => new AwaitedRefundView(
                one.Key, one.Value.Amount, one.Value.Reference, memo.ToldToPay.Contains(one.Key)))]);
    }
}
