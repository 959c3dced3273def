using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>Why Credit says no to a request. A held order is not here: that is a decision, not a refusal.</summary>
public static class CreditRefusals
{
    /// <summary>Nobody registered the customer, or the news of it is still on its way.</summary>
    public static Refusal NoAccount(Guid customerId) => new("not-found",
        $"There is no credit account for customer {customerId}; it opens when Invoicing registers the customer.",
        RefusalKind.NotFound);

    /// <summary>The order was never checked.</summary>
    public static Refusal NoOrder(string orderId) => new("not-found",
        $"Order {orderId} was never checked; POST /v1/credit/order-checks does that.", RefusalKind.NotFound);

    /// <summary>A limit is in the currency of the account.</summary>
    public static Refusal LimitInOtherCurrency(Currency limit, Currency account) => new("other-currency",
        $"The account is kept in {account}; a limit in {limit} cannot be compared with what it owes.", Field: "/limit");

    /// <summary>A limit that never held a day.</summary>
    public static Refusal ExpiryInThePast(DateOnly expiresOn, DateOnly today) => new("expiry-in-the-past",
        $"The limit would have expired on {expiresOn:yyyy-MM-dd}; today is {today:yyyy-MM-dd}.", Field: "/expiresOn");

    /// <summary>An order stays in its currency.</summary>
    public static Refusal OrderInOtherCurrency(string orderId, Currency order) =>
        Refusal.State("order-in-other-currency",
        $"Order {orderId} was checked in {order}; cancel it before it is checked in another currency.");

    /// <summary>A cancelled order must be checked again, not released.</summary>
    public static Refusal OrderIsCancelled(string orderId) => Refusal.State("order-cancelled",
        $"Order {orderId} is cancelled; check it again if it comes after all.");

    /// <summary>Everything the order was for is invoiced.</summary>
    public static Refusal OrderIsInvoiced(string orderId) => Refusal.State("order-invoiced",
        $"Order {orderId} is invoiced in full, so nothing is left to cancel; void or credit the invoice instead.");

    /// <summary>Order ids are unique in a legal entity.</summary>
    public static Refusal OrderOfAnotherCustomer(string orderId) => Refusal.State("order-of-another-customer",
        $"Order {orderId} of this legal entity is checked for another customer; cancel it there first.");

    /// <summary>Two legal entities use the same order id.</summary>
    public static Refusal AmbiguousOrder(string orderId) => Refusal.State("ambiguous-order",
        $"Several legal entities have an order {orderId}; name one with ?legalEntity=.");
}
