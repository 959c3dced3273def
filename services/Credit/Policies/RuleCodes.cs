namespace OrderToCash.Credit.Policies;

/// <summary>Codes of blocking rules, which are also the codes of the reasons they give.</summary>
public static class RuleCodes
{
    /// <summary>
    /// No rule of a policy: one declined the order before and does not any more, so somebody says whether it is still
    /// to come.
    /// </summary>
    public const string WasDeclined = "was-declined";

    /// <summary>No limit was ever set.</summary>
    public const string NoLimit = "no-limit";

    /// <summary>The limit's last day is over, or it has none where it needs one.</summary>
    public const string LimitExpired = "limit-expired";

    /// <summary>More than the limit, or than a part of it, would be used.</summary>
    public const string OverLimit = "over-limit";

    /// <summary>More than the limit of a group that the customer belongs to would be used.</summary>
    public const string OverGroupLimit = "over-group-limit";

    /// <summary>More than the limit of the customer's segment would be used.</summary>
    public const string OverSegmentLimit = "over-segment-limit";

    /// <summary>Something is overdue for too long.</summary>
    public const string DaysOverdue = "days-overdue";

    /// <summary>Something open was dunned too often.</summary>
    public const string DunningLevel = "dunning-level";

    /// <summary>Too much is overdue, while much of the limit is used.</summary>
    public const string OverdueAmount = "overdue-amount";

    /// <summary>The customer is suspended, terminated or merged into another.</summary>
    public const string CustomerStatus = "customer-status";

    /// <summary>The customer is in a class that gets no credit.</summary>
    public const string RiskClass = "risk-class";

    /// <summary>The order is too large.</summary>
    public const string OrderAmount = "order-amount";

    /// <summary>A component of what is at risk, or some of them together, is more than it may be.</summary>
    public const string OverComponentLimit = "over-component-limit";

    /// <summary>Something is overdue, and nothing was paid for too long.</summary>
    public const string NoPayment = "no-payment";

    /// <summary>The order is at payment terms, its own or else the customer's, that are named.</summary>
    public const string Terms = "terms";

    /// <summary>The order gives more time to pay than the customer's terms.</summary>
    public const string TermsRaised = "terms-raised";

    /// <summary>The order gives a higher cash discount than the customer's terms.</summary>
    public const string DiscountRaised = "discount-raised";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        NoLimit, LimitExpired, OverLimit, OverGroupLimit, OverSegmentLimit, DaysOverdue, DunningLevel, OverdueAmount,
        CustomerStatus, RiskClass, OrderAmount, Terms, TermsRaised, DiscountRaised, OverComponentLimit, NoPayment,
    ];
}

/// <summary>Parts of what is at risk that may have a limit of their own.</summary>
public static class ComponentCodes
{
    /// <summary>Balances of open items.</summary>
    public const string OpenReceivables = "open-receivables";

    /// <summary>What of them is overdue, disputed parts aside.</summary>
    public const string Overdue = "overdue";

    /// <summary>What of them is disputed.</summary>
    public const string Disputed = "disputed";

    /// <summary>Reservations up to the horizon, the order that is judged among them.</summary>
    public const string OpenOrders = "open-orders";

    /// <summary>What is delivered and not invoiced.</summary>
    public const string UnbilledDeliveries = "unbilled-deliveries";

    /// <summary>What was paid with money that may still bounce.</summary>
    public const string Unsettled = "unsettled";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
        [OpenReceivables, Overdue, Disputed, OpenOrders, UnbilledDeliveries, Unsettled];
}

/// <summary>How money comes in, as CashApplication names it.</summary>
public static class PaymentMethods
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = ["wire", "ach", "card", "check", "cash", "lockbox"];
}

/// <summary>What a bureau or a person may find that is no matter of a score.</summary>
public static class FindingCodes
{
    /// <summary>It is bankrupt now.</summary>
    public const string Bankruptcy = "bankruptcy";

    /// <summary>It was bankrupt once, and that is over: for a person, unless the policy knocks it out.</summary>
    public const string PastBankruptcy = "past-bankruptcy";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
        [Bankruptcy, "sanctions", "fraud", "out-of-business", PastBankruptcy];
}

/// <summary>Where a customer may stand with Invoicing.</summary>
public static class CustomerStatuses
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = ["active", "suspended", "terminated", "merged"];
}

/// <summary>Codes of the factors that a scorecard can look at, and what their numbers mean.</summary>
public static class FactorCodes
{
    /// <summary>Percentile of the bureau's failure score, 1 to 100, 100 best.</summary>
    public const string BureauFailure = "bureau-failure";

    /// <summary>The bureau's delinquency score, 101 to 670, higher is safer.</summary>
    public const string BureauDelinquency = "bureau-delinquency";

    /// <summary>PAYDEX, 1 to 100; 80 pays to the day.</summary>
    public const string Paydex = "paydex";

    /// <summary>
    /// Days beyond terms of payments to us and of what is overdue, weighted by amount and recency.
    /// </summary>
    public const string DaysBeyondTerms = "days-beyond-terms";

    /// <summary>Part of the money that came by its due date, in percent, weighted the same way.</summary>
    public const string OnTimePercent = "on-time-percent";

    /// <summary>Broken promises, breached plans and lost disputes of the last twelve months.</summary>
    public const string BrokenPromises = "broken-promises";

    /// <summary>Payments that bounced in the last twelve months.</summary>
    public const string ReturnedPayments = "returned-payments";

    /// <summary>Current assets divided by current liabilities.</summary>
    public const string Liquidity = "liquidity";

    /// <summary>Total liabilities divided by net worth.</summary>
    public const string Leverage = "leverage";

    /// <summary>Net income as a part of revenue, in percent.</summary>
    public const string Profitability = "profitability";

    /// <summary>Whole years since the company was founded.</summary>
    public const string YearsInBusiness = "years-in-business";

    /// <summary>Whole years since it became our customer.</summary>
    public const string YearsAsCustomer = "years-as-customer";

    /// <summary>Country (ISO 3166 alpha-2); a text.</summary>
    public const string Country = "country";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        BureauFailure, BureauDelinquency, Paydex, DaysBeyondTerms, OnTimePercent, BrokenPromises, ReturnedPayments,
        Liquidity, Leverage, Profitability, YearsInBusiness, YearsAsCustomer, Country,
    ];

    /// <summary>
    /// True for a factor of the policy's own, such as <c>x-industry</c>: whoever applies declares it with the figures.
    /// </summary>
    public static bool IsOwn(string code) => code is { Length: > 2 and <= 50 }
        && code.StartsWith("x-", StringComparison.Ordinal)
        && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Those that the customer's behaviour towards us gives.</summary>
    public static readonly IReadOnlyList<string> Behaviour =
        [DaysBeyondTerms, OnTimePercent, BrokenPromises, ReturnedPayments];
}
