using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>
/// What an electronic invoice from another billing system comes to here: lines that sum to the same net, tax and total.
/// Allowances of the document are spread over the lines of their tax; charges become lines.
/// </summary>
public static class EInvoiceImport
{
    private const int MaxDescription = 500;
    private const int MaxQuantityScale = 6;
    private const int MaxPriceScale = 10;

    /// <summary>The invoice to issue, or why it cannot be.</summary>
    public static (IssueInvoice? Wish, Refusal? Refusal) Invoice(EInvoice invoice, Guid customerId)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var (lines, refusal) = Lines(invoice);
        if (lines is null)
            return (null, refusal);
        var days = invoice.DueDate is { } due ? due.DayNumber - invoice.IssueDate!.Value.DayNumber : -1;
        return (new IssueInvoice(
            customerId, lines, invoice.IssueDate, invoice.Currency, Cut(invoice.SalesOrder ?? invoice.Number, 100),
            Cut(invoice.PurchaseOrder, 100),
            days is >= 0 and <= PaymentTerms.MaxDays ? FormattableString.Invariant($"NET {days}") : null,
            ContractReference: Cut(invoice.Contract, 100), ExternalNumber: Cut(invoice.Number, 100)), null);
    }

    /// <summary>
    /// The credit memo to issue, or why it cannot be: for the invoice that it names, which it settles, else on account.
    /// </summary>
    /// <param name="invoice">The credit note.</param>
    /// <param name="customerId">Who owes less, where it names no invoice.</param>
    /// <param name="credited">The invoice that it names, as it was issued here; or null.</param>
    public static (IssueCreditMemo? Wish, Refusal? Refusal) CreditMemo(
        EInvoice invoice, Guid customerId, (Guid Id, InvoiceIssued Issued)? credited = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var (lines, refusal) = Lines(invoice);
        return lines is null ? (null, refusal) : (new IssueCreditMemo(
            credited?.Issued.CustomerId ?? customerId, CreditReason.Correction,
            [.. lines.Select(line => line with { TaxCode = BilledAs(line, credited?.Issued) })], credited?.Id,
            invoice.IssueDate, invoice.Currency, Apply: credited is not null,
            Note: Cut($"e-invoice {invoice.Number}", MaxDescription)), null);
    }

    /// <summary>The tax code under which the invoice billed this category; its own where it did not.</summary>
    private static string? BilledAs(IssueInvoiceLine line, InvoiceIssued? billed)
    {
        var same = billed?.Lines.FirstOrDefault(
            one => one.TaxRate == line.TaxRate && EInvoiceExport.CategoryOf(one) == line.TaxCode);
        return same is null ? line.TaxCode : same.TaxCode;
    }

    private static (IReadOnlyList<IssueInvoiceLine>? Lines, Refusal? Refusal) Lines(EInvoice invoice)
    {
        if (invoice.Lines.Count == 0)
            return (null, EInvoiceRefusals.NotImportable("It has no lines (profile MINIMUM or BASIC WL)."));
        if (invoice.IsCorrection)
        {
            return (null, EInvoiceRefusals.NotImportable(
                $"It takes the place of {string.Join(", ", invoice.Preceding)}; correct that invoice here instead."));
        }

        if (invoice.Totals.Payable is { } payable && payable != invoice.Totals.Gross)
        {
            return (null, EInvoiceRefusals.NotImportable(FormattableString.Invariant(
                $"Of its {invoice.Totals.Gross} only {payable} are left to pay. What was paid before is a receipt: ") +
                "issue the invoice here and record the receipt."));
        }

        if (invoice.Lines.FirstOrDefault(line => line.Net is null or < 0 || line.Quantity is null) is { } odd)
        {
            return (null, EInvoiceRefusals.NotImportable(
                $"Line {odd.Id} has no amount, or one below zero; bill and credit are two documents here."));
        }

        var lines = invoice.Lines.Select(line => Line(line, invoice.Decimals)).ToList();
        foreach (var allowance in invoice.Allowances.Where(one => !one.IsCharge)
            .GroupBy(one => (one.Category, Rate: one.Rate ?? 0)))
        {
            var total = allowance.Sum(one => one.Amount ?? 0);
            if (!Spread(lines, total, allowance.Key.Category, allowance.Key.Rate / 100, invoice.Decimals))
            {
                return (null, EInvoiceRefusals.NotImportable(FormattableString.Invariant(
                    $"An allowance of {total} is more than the lines with its tax come to.")));
            }
        }

        lines.AddRange(invoice.Allowances.Where(one => one is { IsCharge: true, Amount: not 0 }).Select(one =>
            new IssueInvoiceLine(
                Cut(one.Reason, MaxDescription) ?? "Charge", 1, one.Amount!.Value, (one.Rate ?? 0) / 100,
                TaxCode: one.Category)));
        return (lines, null);
    }

    /// <summary>Quantity and price where they come to the line's amount exactly; else its amount, once.</summary>
    private static IssueInvoiceLine Line(ELine line, int decimals)
    {
        var (quantity, price, net) = (line.Quantity!.Value, line.Price ?? -1, line.Net!.Value);
        var discount = line.Allowances.Where(one => !one.IsCharge).Sum(one => one.Amount ?? 0);
        var isPlain = line.Allowances.All(one => !one.IsCharge) && line.PriceQuantity is null or 1 && quantity > 0
            && price >= 0 && quantity.Scale <= MaxQuantityScale && price.Scale <= MaxPriceScale
            && decimal.Round(quantity * price, decimals, MidpointRounding.AwayFromZero) - discount == net;
        var name = Cut(line.Name, MaxDescription)!;
        return isPlain
            ? new IssueInvoiceLine(name, quantity, price, (line.Rate ?? 0) / 100, discount, line.Category)
            : new IssueInvoiceLine(name, 1, net, (line.Rate ?? 0) / 100, TaxCode: line.Category);
    }

    private static bool Spread(
        List<IssueInvoiceLine> lines, decimal total, string? category, decimal rate, int decimals)
    {
        var rest = total;
        for (var index = 0; index < lines.Count && rest > 0; index++)
        {
            var line = lines[index];
            if (line.TaxCode != category || line.TaxRate != rate)
                continue;
            var net = decimal.Round(line.Quantity * line.UnitPrice, decimals, MidpointRounding.AwayFromZero)
                - line.Discount;
            var part = Math.Min(rest, net);
            lines[index] = line with { Discount = line.Discount + part };
            rest -= part;
        }

        return rest <= 0;
    }

    private static string? Cut(string? text, int max) => text?.Length > max ? text[..max] : text;
}
