namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A customer's arrears put it into another state.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="From">Code of the state before; null for none. The same as <c>To</c> where the state was only
/// noted while nobody might get in touch with the customer, and counts from now on.</param>
/// <param name="To">Code of the state now; null: nothing is wrong any more.</param>
/// <param name="BlocksChanges">In this state nothing the customer has ordered is to be changed.</param>
/// <param name="Items">Items past due that may be collected.</param>
/// <param name="Balances">What is past due, per currency.</param>
/// <param name="Days">Days since the earliest of them was due.</param>
public sealed record OverdueStateChanged(
    Guid CustomerId, string LegalEntity, string? From, string? To, bool BlocksChanges, int Items,
    IReadOnlyList<MoneyAmount> Balances, int Days);
