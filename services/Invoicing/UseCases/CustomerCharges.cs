using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What a contract charges a customer for a month in one currency.</summary>
/// <param name="Other">The currency where it is not that of the customer's account; else null.</param>
/// <param name="Missing">The reference rate that nobody has set for the month: then it is not billed, and the charges
/// only say that there are some.</param>
internal sealed record CustomerCharges(
    Guid CustomerId, string? Other, IReadOnlyList<FinanceCharge> Charges, IReadOnlyList<ChargedItem> Items,
    string? Missing = null)
{
    /// <summary>Without what other months have of the charges that are given once.</summary>
    public CustomerCharges Without(HashSet<(Guid InvoiceId, int Installment, ChargeKind Kind)> given) => this with
    {
        Charges =
        [
            .. Charges.Where(one => !ChargedOnce.IsOnce(one.Kind)
                || !given.Contains((one.InvoiceId, one.Installment, one.Kind))),
        ],
        Items =
        [
            .. Items.Where(one => !ChargedOnce.IsOnce(one.Kind)
                || !given.Contains((one.InvoiceId, one.Installment, one.Kind))),
        ],
    };

    /// <summary>The debit memo of a month in this currency after so many before it.</summary>
    public Guid MemoId(Period month, int before) => MemoId(CustomerId, month, Other, before);

    /// <summary>The same of a customer; null for the currency of its account.</summary>
    public static Guid MemoId(Guid customerId, Period month, string? other, int before)
    {
        string?[] parts =
            ["finance-charges", customerId.ToString("D"), $"{month}", other, before == 0 ? null : $"{before}"];
        return Ids.From([.. parts.OfType<string>()]);
    }
}
