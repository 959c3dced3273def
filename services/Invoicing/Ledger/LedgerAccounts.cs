using System.Text.Json.Serialization;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>What an account stands for, whatever its code is in an entity's chart.</summary>
public static class AccountRoles
{
    public const string Receivables = "receivables";
    public const string Revenue = "revenue";
    public const string Tax = "tax";
    public const string UnappliedCash = "unapplied-cash";
    public const string CashClearing = "cash-clearing";
    public const string CashDiscount = "cash-discount";
    public const string SalesAllowances = "sales-allowances";
    public const string Allowance = "allowance";
    public const string FinanceCharges = "finance-charges";
    public const string SmallDifference = "small-difference";
    public const string ExchangeGain = "exchange-gain";
    public const string ExchangeLoss = "exchange-loss";
    public const string ReceivablesRevaluation = "receivables-revaluation";
    public const string UnrealisedGain = "unrealised-exchange-gain";
    public const string UnrealisedLoss = "unrealised-exchange-loss";
    public const string CustomerDeposits = "customer-deposits";
    public const string BadDebtExpense = "bad-debt-expense";
    public const string CollectionCosts = "collection-costs";
    public const string AgencyCommissions = "agency-commissions";
}

/// <summary>Account codes of a legal entity per role.</summary>
/// <param name="Receivables">The control account of the subledger.</param>
/// <param name="UnappliedCash">Money of customers that is not applied yet.</param>
/// <param name="Tax">Tax owed to the authorities.</param>
/// <param name="Revenue">For invoice lines that name no account.</param>
/// <param name="Others">Of what happens less often; null for the standard ones, so that invoices stay small.</param>
public sealed record LedgerAccounts(
    string Receivables = "1200", string UnappliedCash = "2400", string Tax = "2200", string Revenue = "4000",
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OtherAccounts? Others = null)
{
    public static readonly LedgerAccounts Standard = new();

    /// <summary>The other accounts, named or standard.</summary>
    [JsonIgnore]
    public OtherAccounts Other => Others ?? OtherAccounts.Standard;

    internal IEnumerable<string> All =>
    [
        Receivables, UnappliedCash, Tax, Revenue, Other.CashDiscount, Other.SalesAllowances, Other.Allowance,
        Other.FinanceCharges, Other.UnidentifiedCash, Other.CashClearing, Other.SmallDifferences,
        Other.ExchangeGains, Other.ExchangeLosses, Other.ReceivablesRevaluation, Other.UnrealisedGains,
        Other.UnrealisedLosses, Other.CustomerDeposits, Other.BadDebtExpense, Other.CollectionCosts,
        Other.AgencyCommissions,
    ];
}

/// <summary>Account codes of what happens less often.</summary>
/// <param name="CashDiscount">Deductions earned by paying early.</param>
/// <param name="SalesAllowances">Credit memo lines that name no account.</param>
/// <param name="Allowance">Allowance for doubtful accounts: what is written off and recovered.</param>
/// <param name="FinanceCharges">Late fees and interest billed.</param>
/// <param name="UnidentifiedCash">Money that nobody knows the owner of.</param>
/// <param name="CashClearing">Receipts that name no bank account: cash and cards on their way to the bank. And credit
/// memos that are paid back, until the bank's line meets them.</param>
/// <param name="SmallDifferences">Small amounts given up, by us or by customers.</param>
/// <param name="ExchangeGains">What money was worth more than the item when that was booked.</param>
/// <param name="ExchangeLosses">What money was worth less than the item when that was booked.</param>
/// <param name="ReceivablesRevaluation">Beside the control account: what open items are worth more at a month end, or
/// less. The control account stays what the subledger sums to.</param>
/// <param name="UnrealisedGains">What open items are worth more at a month end.</param>
/// <param name="UnrealisedLosses">What open items are worth less at a month end.</param>
/// <param name="CustomerDeposits">What was billed ahead and is owed to customers until it is delivered.</param>
/// <param name="BadDebtExpense">What the allowance is raised by at a month end, or lowered.</param>
/// <param name="CollectionCosts">What collection agencies cost.</param>
/// <param name="AgencyCommissions">What is owed to collection agencies for that.</param>
public sealed record OtherAccounts(
    string CashDiscount = "4910", string SalesAllowances = "4900", string Allowance = "1290",
    string FinanceCharges = "4800", string UnidentifiedCash = "2410", string CashClearing = "1090",
    string SmallDifferences = "4920", string ExchangeGains = "7800", string ExchangeLosses = "7810",
    string ReceivablesRevaluation = "1210", string UnrealisedGains = "7820", string UnrealisedLosses = "7830",
    string CustomerDeposits = "2450", string BadDebtExpense = "6800",
    string CollectionCosts = "6810", string AgencyCommissions = "2300")
{
    public static readonly OtherAccounts Standard = new();
}

/// <summary>
/// Whose books a document is in, as they were when it was issued: later movements clear the accounts it was opened on,
/// and their posting dates follow the entity's calendar without another look-up.
/// </summary>
public sealed record Books(string LegalEntity, string BaseCurrency, string TimeZone, LedgerAccounts Accounts);
