namespace OrderToCash.Invoicing.EInvoices;

/// <summary>
/// An electronic invoice or credit note in the terms of EN 16931, whatever syntax it came in or goes out in. BT and BG
/// numbers are the standard's. Amounts are as they are written; what is not there is null.
/// </summary>
public sealed record EInvoice
{
    /// <summary>BT-24, the specification it follows.</summary>
    public string? Profile { get; init; }

    /// <summary>BT-1.</summary>
    public string? Number { get; init; }

    /// <summary>BT-3, UNTDID 1001: 380 invoice, 381 credit note, 383 debit note, 384 corrected invoice, ….</summary>
    public string? TypeCode { get; init; }

    /// <summary>BT-2.</summary>
    public DateOnly? IssueDate { get; init; }

    /// <summary>BT-9.</summary>
    public DateOnly? DueDate { get; init; }

    /// <summary>BT-5, ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>BT-10.</summary>
    public string? BuyerReference { get; init; }

    /// <summary>BT-12, the contract.</summary>
    public string? Contract { get; init; }

    /// <summary>BT-13, the buyer's order.</summary>
    public string? PurchaseOrder { get; init; }

    /// <summary>BT-14, the seller's order.</summary>
    public string? SalesOrder { get; init; }

    /// <summary>BT-20.</summary>
    public string? PaymentTerms { get; init; }

    /// <summary>BT-22, what there is no other place for.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>BT-25, invoices it corrects or credits.</summary>
    public IReadOnlyList<string> Preceding { get; init; } = [];

    /// <summary>BG-4.</summary>
    public EParty Seller { get; init; } = new();

    /// <summary>BG-7.</summary>
    public EParty Buyer { get; init; } = new();

    /// <summary>BG-16, or null.</summary>
    public EPayment? Payment { get; init; }

    /// <summary>BG-20 and BG-21.</summary>
    public IReadOnlyList<EAllowance> Allowances { get; init; } = [];

    /// <summary>BG-22.</summary>
    public ETotals Totals { get; init; } = new();

    /// <summary>BG-23.</summary>
    public IReadOnlyList<ETax> Taxes { get; init; } = [];

    /// <summary>BG-25.</summary>
    public IReadOnlyList<ELine> Lines { get; init; } = [];

    /// <summary>How many decimals amounts of its currency have; two where it is unknown.</summary>
    internal int Decimals => Kernel.Currency.TryOf(Currency, out var currency) ? currency.MinorUnits : 2;

    /// <summary>True for what the seller owes the buyer: the credit note codes of UNTDID 1001 (BR-CL-01).</summary>
    public bool IsCreditNote => TypeCode is "81" or "83" or "261" or "262" or "296" or "308" or "381" or "396" or "420"
        or "458" or "532";

    /// <summary>
    /// True for what takes the place of an invoice that was sent before: billed beside that one it would bill twice.
    /// </summary>
    public bool IsCorrection => TypeCode is "384";
}

/// <summary>Seller or buyer.</summary>
/// <param name="Name">BT-27, BT-44.</param>
/// <param name="Identifier">BT-29, BT-30, BT-46 or BT-47.</param>
/// <param name="VatId">BT-31, BT-48.</param>
/// <param name="TaxId">BT-32.</param>
/// <param name="Email">BT-34, BT-49, as an address of the scheme EM.</param>
/// <param name="Address">BG-5, BG-8; null where there is none.</param>
public sealed record EParty(
    string? Name = null, string? Identifier = null, string? VatId = null, string? TaxId = null, string? Email = null,
    EAddress? Address = null);

/// <summary>A postal address.</summary>
/// <param name="Country">BT-40, BT-55, ISO 3166.</param>
public sealed record EAddress(
    string? Street = null, string? Additional = null, string? City = null, string? PostalCode = null,
    string? Region = null, string? Country = null);

/// <summary>How to pay.</summary>
/// <param name="Means">BT-81, UNTDID 4461: 30 credit transfer, 58 SEPA credit transfer.</param>
/// <param name="Account">BT-84.</param>
/// <param name="BankCode">BT-86.</param>
/// <param name="Reference">BT-83.</param>
public sealed record EPayment(string? Means, string? Account = null, string? BankCode = null, string? Reference = null);

/// <summary>An allowance or charge on the document or a line.</summary>
/// <param name="IsCharge">It adds.</param>
/// <param name="Amount">BT-92, BT-99, BT-136 or BT-141.</param>
/// <param name="Category">BT-95, BT-102.</param>
/// <param name="Rate">BT-96, BT-103, in percent.</param>
/// <param name="Reason">BT-97, BT-104.</param>
public sealed record EAllowance(
    bool IsCharge, decimal? Amount, string? Category = null, decimal? Rate = null, string? Reason = null);

/// <summary>The totals.</summary>
/// <param name="Lines">BT-106.</param>
/// <param name="Allowances">BT-107.</param>
/// <param name="Charges">BT-108.</param>
/// <param name="Net">BT-109.</param>
/// <param name="Tax">BT-110.</param>
/// <param name="Gross">BT-112.</param>
/// <param name="Prepaid">BT-113.</param>
/// <param name="Rounding">BT-114.</param>
/// <param name="Payable">BT-115.</param>
/// <param name="ThirdParty">Of others, collected with it: BG-DEX-09 of an XRechnung extension.</param>
public sealed record ETotals(
    decimal? Lines = null, decimal? Allowances = null, decimal? Charges = null, decimal? Net = null,
    decimal? Tax = null, decimal? Gross = null, decimal? Prepaid = null, decimal? Rounding = null,
    decimal? Payable = null, decimal ThirdParty = 0);

/// <summary>The tax of one category and rate.</summary>
/// <param name="Base">BT-116.</param>
/// <param name="Amount">BT-117.</param>
/// <param name="Category">BT-118, UNTDID 5305: S standard, Z zero, E exempt, AE reverse charge, K intra-community, G
/// export, O not subject to VAT.</param>
/// <param name="Rate">BT-119, in percent.</param>
/// <param name="Exemption">BT-120 or BT-121.</param>
public sealed record ETax(decimal? Base, decimal? Amount, string? Category, decimal? Rate, string? Exemption = null);

/// <summary>One line.</summary>
/// <param name="Id">BT-126.</param>
/// <param name="Name">BT-153.</param>
/// <param name="Quantity">BT-129.</param>
/// <param name="Unit">BT-130, UN/ECE recommendation 20.</param>
/// <param name="Price">BT-146, of so many units.</param>
/// <param name="PriceQuantity">BT-149; null for one.</param>
/// <param name="Net">BT-131.</param>
/// <param name="Category">BT-151.</param>
/// <param name="Rate">BT-152, in percent.</param>
/// <param name="Allowances">BG-27 and BG-28.</param>
public sealed record ELine(
    string? Id, string? Name, decimal? Quantity, string? Unit, decimal? Price, decimal? PriceQuantity, decimal? Net,
    string? Category, decimal? Rate, IReadOnlyList<EAllowance> Allowances);

/// <summary>What is wrong with an electronic invoice.</summary>
/// <param name="Rule">The rule it breaks, such as <c>BR-CO-15</c>.</param>
/// <param name="Detail">In words, with the figures.</param>
/// <param name="IsFatal">False for what a reader can live with.</param>
public sealed record EInvoiceFinding(string Rule, string Detail, bool IsFatal = true);
