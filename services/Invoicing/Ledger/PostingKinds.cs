namespace OrderToCash.Invoicing.Ledger;

/// <summary>What a journal entry and its subledger rows are about.</summary>
public static class PostingKinds
{
    public const string InvoiceIssued = "invoice-issued";
    public const string InvoiceVoided = "invoice-voided";
    public const string PaymentApplied = "payment-applied";
    public const string PaymentReversed = "payment-reversed";
    public const string DebitMemoIssued = "debit-memo-issued";
    public const string CreditMemoIssued = "credit-memo-issued";
    public const string CreditMemoVoided = "credit-memo-voided";
    public const string CreditRefunded = "credit-refunded";
    public const string CreditRefundReturned = "credit-refund-returned";
    public const string CreditApplied = "credit-applied";
    public const string CreditUnapplied = "credit-unapplied";
    public const string WrittenOff = "written-off";
    public const string WriteOffRecovered = "write-off-recovered";
    public const string ChargeWaived = "charge-waived";
    public const string ChargeReinstated = "charge-reinstated";
    public const string Rescheduled = "rescheduled";
    public const string DepositIssued = "deposit-issued";
    public const string DepositVoided = "deposit-voided";
    public const string DepositApplied = "deposit-applied";
    public const string DepositUnapplied = "deposit-unapplied";
    public const string Revalued = "revalued";
    public const string RevaluationReversed = "revaluation-reversed";
    public const string Provisioned = "provisioned";
    public const string DisputeMarked = "dispute-marked";

    /// <summary>What a collection agency has earned since the entry before; turned round where it is less.</summary>
    public const string AgencyCommission = "agency-commission";

    /// <summary>Of both sides, so that they come to nothing together: the chargeback, and its invoice.</summary>
    public const string ChargedBack = "charged-back";

    /// <summary>Of both sides, too.</summary>
    public const string ChargebackReversed = "chargeback-reversed";
}
