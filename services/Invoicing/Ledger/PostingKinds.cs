namespace OrderToCash.Invoicing.Ledger;

/// <summary>What a journal entry and its subledger rows are about.</summary>
public static class PostingKinds
{
    public const string InvoiceIssued = "invoice-issued";
    public const string InvoiceVoided = "invoice-voided";
    public const string PaymentApplied = "payment-applied";
    public const string PaymentReversed = "payment-reversed";
}
