using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;

namespace OrderToCash.CashApplication;

/// <summary>Section <c>CashApplication</c> of the configuration.</summary>
public sealed class CashPolicy
{
    /// <summary>Ledger account of money that customers have paid and that is not applied.</summary>
    public string UnappliedCashAccount { get; set; } = "2400";

    /// <summary>Ledger account of money that nobody knows the owner of.</summary>
    public string UnidentifiedCashAccount { get; set; } = "2410";

    /// <summary>
    /// Ledger account of receipts that name no bank account: cash and cards on their way to the bank.
    /// </summary>
    public string ClearingAccount { get; set; } = "1090";

    /// <summary>From this confidence on a match is applied without a person.</summary>
    public decimal AutoApplyThreshold { get; set; } = MatchPolicy.Default.AutoApplyThreshold;

    /// <summary>What matching needs of it.</summary>
    public MatchPolicy Matching => new(AutoApplyThreshold);

    /// <summary>The accounts of a receipt that reached this bank account, or none yet.</summary>
    public LedgerAccounts AccountsFor(string? bankLedgerAccount) =>
        new(bankLedgerAccount ?? ClearingAccount, UnappliedCashAccount, UnidentifiedCashAccount);
}
