using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What of a deposit was billed under one tax.</summary>
public sealed record TaxShare(string? TaxCode, decimal TaxRate, Money Net, Money Tax);

/// <summary>
/// The invoice is netted with part of a deposit: so much less is owed on an installment, and so much less of its tax is
/// owed to the authorities, because it was when the deposit was billed.
/// </summary>
/// <param name="DepositDate">Date of the deposit: the tax point of its tax.</param>
/// <param name="Net">What of the amount is not tax.</param>
/// <param name="Tax">The tax in it.</param>
/// <param name="Taxes">Both by tax.</param>
public sealed record DepositApplied(
    Guid ApplicationId, Guid DepositId, string DepositNumber, DateOnly DepositDate, Money Amount, Money Net, Money Tax,
    IReadOnlyList<TaxShare> Taxes, OpenItem Item, JournalEntry Entry) : IFinancialEvent;

/// <summary>That was taken back: the installment is open by so much again, and the deposit is held again.</summary>
public sealed record DepositUnapplied(
    Guid ApplicationId, Guid DepositId, string DepositNumber, Money Amount, Money Net, Money Tax, OpenItem Item,
    JournalEntry Entry) : IFinancialEvent;

/// <summary>An invoice took part of the deposit.</summary>
/// <param name="Net">What of the amount is not tax.</param>
/// <param name="Unused">What no invoice has taken, paid or not.</param>
public sealed record DepositUsed(
    Guid ApplicationId, Guid InvoiceId, string InvoiceNumber, Money Amount, Money Net, Money Unused);

/// <summary>The invoice gave it back.</summary>
/// <param name="Unused">What no invoice has taken, paid or not.</param>
/// <param name="PostingDate">From this day on it is held again; no invoice may take it on an earlier one.</param>
public sealed record DepositReleased(
    Guid ApplicationId, Guid InvoiceId, Money Amount, Money Unused, DateOnly PostingDate);
