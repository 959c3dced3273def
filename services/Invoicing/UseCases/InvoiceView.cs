using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>One installment as the API shows it.</summary>
/// <param name="Discount">For paying early, or null.</param>
/// <param name="OriginalDueDate">As first agreed, where it was moved; else null.</param>
/// <param name="Disputed">How much of the balance is disputed.</param>
/// <param name="WrittenOff">What was given up and not recovered.</param>
public sealed record InstallmentView(
    int Number, DateOnly DueDate, Money Amount, Money Balance, CashDiscount? Discount, DateOnly? OriginalDueDate,
    Money Disputed, Money WrittenOff);

/// <summary>A credit memo that settles part of the invoice.</summary>
public sealed record AppliedCreditView(Guid ApplicationId, Guid CreditMemoId, int Installment, Money Amount);

/// <summary>A deposit that the invoice is netted with.</summary>
/// <param name="DepositDate">Tax point of the tax in it.</param>
/// <param name="Taxes">The tax in it, by tax.</param>
public sealed record AppliedDepositView(
    Guid ApplicationId, Guid DepositId, string DepositNumber, DateOnly DepositDate, int Installment, Money Amount,
    Money Net, Money Tax, IReadOnlyList<TaxShare> Taxes);

/// <summary>An invoice that took part of a deposit.</summary>
public sealed record DepositUseView(Guid ApplicationId, Guid InvoiceId, string InvoiceNumber, Money Amount, Money Net);

/// <summary>A chargeback that takes over part of the invoice; it is found among the invoices.</summary>
public sealed record ChargebackView(Guid ChargebackId, string Number, int Installment, Money Amount);

/// <summary>What is let go of a line of a debit memo.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Amount">Tax included.</param>
public sealed record WaivedLineView(int Line, Money Amount);

/// <summary>How much of a deposit is held.</summary>
/// <param name="Paid">What the customer has put into it.</param>
/// <param name="Used">What invoices are netted with.</param>
/// <param name="Available">What may be netted yet: paid, and neither netted nor credited.</param>
public sealed record DepositView(Money Paid, Money Used, Money Available, IReadOnlyList<DepositUseView> Uses)
{
    internal static DepositView Of(Invoice deposit) => new(
        deposit.Funded, deposit.Used, deposit.Available,
        [.. deposit.Uses.Select(use => new DepositUseView(
            use.Key, use.Value.InvoiceId, use.Value.InvoiceNumber, use.Value.Amount, use.Value.Net))]);
}

/// <summary>An invoice as the API shows it.</summary>
/// <param name="Kind">Invoice, debit memo or deposit.</param>
/// <param name="Deposits">What was paid ahead of it and is netted.</param>
/// <param name="Deposit">Of a deposit: what is held of it; else null.</param>
/// <param name="Credited">Sum of the credit memos issued for it.</param>
/// <param name="Credits">What credit memos settle of it.</param>
/// <param name="Corrects">The invoice whose place it takes, or null.</param>
/// <param name="CustomerStatus">Of the customer when it was issued.</param>
/// <param name="CorrectedBy">The invoice that takes its place, or null.</param>
/// <param name="ExchangeRate">Booked rate; null where it is in the books' currency.</param>
/// <param name="BaseBalance">The balance in the books' currency by that rate; null where there is none.</param>
/// <param name="DueDate">Of the first installment: an invoice is overdue as soon as one of its installments is.</param>
/// <param name="Terms">Without a cash discount that the customer's contract does not allow.</param>
/// <param name="TermsMismatch">It was issued with other terms than those agreed with the customer.</param>
/// <param name="ContractReference">The contract it bills under, or null.</param>
/// <param name="ExternalNumber">Under which another system billed it, and people pay it; else null.</param>
/// <param name="ChargedBack">What is owed on chargebacks instead.</param>
/// <param name="ChargebackOf">Of a chargeback: the invoice that it was taken from; else null.</param>
/// <param name="Waived">Of a debit memo: what is let go of its lines; null where nothing is.</param>
/// <param name="Holds">Under which Collections holds it back at this moment, or all of its customer; null where there
/// are none, and in answers to commands, which do not look for them.</param>
/// <param name="Parts">What of lines, tax, freight and late charges is settled, by the order it was issued under; null
/// where it is void.</param>
public sealed record InvoiceView(
    Guid Id, string Number, string LegalEntity, Guid CustomerId, InvoiceStatus Status, DateOnly InvoiceDate,
    DateOnly DueDate, string Currency, string Terms, bool TermsMismatch, string? OrderReference, string? PurchaseOrder,
    Money Net, Money Tax, Money Total, Money Balance, IReadOnlyList<InstallmentView> Installments,
    IReadOnlyList<InvoiceLine> Lines, DocumentKind Kind, Money Credited, IReadOnlyList<AppliedCreditView> Credits,
    Guid? Corrects, Guid? CorrectedBy, CustomerStatus CustomerStatus, ExchangeRate? ExchangeRate, Money? BaseBalance,
    IReadOnlyList<AppliedDepositView> Deposits, DepositView? Deposit,
    string? ContractReference, string? ExternalNumber, IReadOnlyList<ChargebackView> ChargedBack,
    ChargebackOrigin? ChargebackOf, long Version, IReadOnlyList<WaivedLineView>? Waived = null,
    IReadOnlyList<DunningHold>? Holds = null, IReadOnlyList<SettledPart>? Parts = null)
{
    public static InvoiceView Of(Guid id, Invoice invoice, long version)
    {
        var issued = invoice.Issued!;
        return new InvoiceView(
            id, issued.Number, issued.Books.LegalEntity, issued.CustomerId, invoice.Status, issued.InvoiceDate,
            invoice.Items().Min(item => item.DueDate), issued.Total.Currency.Code, issued.OfferedTerms,
            issued.Terms != issued.AgreedTerms,
            issued.OrderReference, issued.PurchaseOrder, issued.Net, issued.Tax, issued.Total, invoice.Balance,
            [.. invoice.Items().Select(item => new InstallmentView(
                item.Installment, item.DueDate, item.Amount, item.Balance, item.Discount, item.OriginalDueDate,
                item.Disputed ?? Money.Zero(invoice.Currency),
                invoice.WrittenOff.GetValueOrDefault(item.Installment, Money.Zero(invoice.Currency))))],
            issued.Lines, issued.Kind, invoice.Credited,
            [.. invoice.Credits.OrderBy(credit => credit.Key).Select(credit => new AppliedCreditView(
                credit.Key, credit.Value.CreditMemoId, credit.Value.Installment, credit.Value.Amount))],
            issued.Corrects, invoice.Correction?.ReplacementId, issued.CustomerStatus,
            issued.Rate, invoice.BaseBalance,
            [.. invoice.Deposits.Select(one => new AppliedDepositView(
                one.Key, one.Value.DepositId, one.Value.DepositNumber, one.Value.DepositDate, one.Value.Installment,
                one.Value.Amount, one.Value.Net, one.Value.Tax, one.Value.Taxes))],
            invoice.IsDeposit ? DepositView.Of(invoice) : null, issued.ContractReference,
            issued.ExternalNumber,
            [.. invoice.Chargebacks.Select(one => new ChargebackView(
                one.Key, one.Value.Number, one.Value.Installment, one.Value.Amount))],
            issued.Chargeback, version, WaivedOf(invoice), Parts: invoice.IsVoid ? null : ApplicationOrder.Of(invoice));
    }

    private static List<WaivedLineView>? WaivedOf(Invoice invoice)
    {
        var waived = invoice.WaivedLines.Where(one => one.Value.IsPositive)
            .Select(one => new WaivedLineView(one.Key, one.Value)).ToList();
        return waived.Count == 0 ? null : waived;
    }

    public static InvoiceView Of(IssuedInvoice issued) =>
        Of(issued.Id, Invoice.Evolve(Invoice.Initial, issued.Event), 1);
}
