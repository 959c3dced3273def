namespace OrderToCash.Approvals;

/// <summary>
/// What may need an approval, in any of the services: the closed list that a matrix is checked against. A kind stands
/// here once a service asks for it and carries it out, for a band that nobody asks for protects nothing. It is stored
/// with every request, so its name is for ever.
/// </summary>
public static class ApprovalKinds
{
    /// <summary>A credit limit, permanent or temporary.</summary>
    public const string CreditLimit = "credit-limit";

    /// <summary>Payment terms other than the standard ones.</summary>
    public const string Terms = "terms";

    /// <summary>A billing schedule other than the standard ones.</summary>
    public const string BillingSchedule = "billing-schedule";

    /// <summary>An order that the credit check holds is let go.</summary>
    public const string OrderRelease = "order-release";

    /// <summary>A hold is taken away before its reason is.</summary>
    public const string HoldRelease = "hold-release";

    /// <summary>A credit memo, or a correction that bills less.</summary>
    public const string CreditMemo = "credit-memo";

    /// <summary>A late fee or interest is waived.</summary>
    public const string Waiver = "waiver";

    /// <summary>An open item, or part of it, is given up.</summary>
    public const string WriteOff = "write-off";

    /// <summary>A closed accounting period takes postings again.</summary>
    public const string PeriodReopening = "period-reopening";

    /// <summary>A payment plan.</summary>
    public const string PaymentPlan = "payment-plan";

    /// <summary>Supply is suspended.</summary>
    public const string Suspension = "suspension";

    /// <summary>Business is ended.</summary>
    public const string Termination = "termination";

    /// <summary>Items are handed over to a collection agency.</summary>
    public const string AgencyPlacement = "agency-placement";

    /// <summary>Money of a customer goes back.</summary>
    public const string Refund = "refund";

    /// <summary>A file of payments goes to the bank.</summary>
    public const string Payout = "payout";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        CreditLimit, Terms, BillingSchedule, OrderRelease, HoldRelease, CreditMemo, Waiver, WriteOff,
        PeriodReopening, PaymentPlan, Suspension, Termination, AgencyPlacement, Refund, Payout,
    ];
}
